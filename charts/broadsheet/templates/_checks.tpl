{{/* What a schema cannot say. Each check stops the rendering with one sentence that says what to set. */}}

{{- define "broadsheet.check.component" -}}
{{- $name := .name -}}
{{- with .values -}}
{{- $needed := add .preStopSeconds .drainSeconds 5 -}}
{{- if lt (int .terminationGracePeriodSeconds) (int $needed) -}}
{{- fail (printf "components.%s: terminationGracePeriodSeconds is %d, set at least %d: preStopSeconds %d + drainSeconds %d + 5" $name (int .terminationGracePeriodSeconds) (int $needed) (int .preStopSeconds) (int .drainSeconds)) -}}
{{- end -}}
{{- if and .autoscaling.enabled .keda.enabled -}}
{{- fail (printf "components.%s: enable autoscaling or keda, not both: each would undo the other's replicas" $name) -}}
{{- end -}}
{{- if gt (int .autoscaling.minReplicas) (int .autoscaling.maxReplicas) -}}
{{- fail (printf "components.%s: autoscaling.minReplicas is greater than maxReplicas" $name) -}}
{{- end -}}
{{- end -}}
{{- if and .values.keda.enabled (not .queues) -}}
{{- fail (printf "components.%s: keda scales by queues, and this component empties none; use autoscaling" $name) -}}
{{- end -}}
{{- if and .single (or .values.autoscaling.enabled .values.keda.enabled (ne (int .values.replicas) 1)) -}}
{{- fail (printf "components.%s: there is always exactly one; leave replicas at 1 and the autoscalers off" $name) -}}
{{- end -}}
{{- end -}}

{{/* Checks over all values, called once by NOTES.txt and by the migrations. */}}
{{- define "broadsheet.check.values" -}}
{{- if and .Values.ingress.enabled .Values.httpRoute.enabled -}}
{{- fail "enable ingress or httpRoute, not both: the gateway would be published twice" -}}
{{- end -}}
{{- if not (hasPrefix "s3://" (toString .Values.services.media.settings.MEDIA_STORAGE_URL)) -}}
{{- fail "services.media.settings.MEDIA_STORAGE_URL: set s3://<bucket>; pods have no disk that outlives them" -}}
{{- end -}}
{{- end -}}
