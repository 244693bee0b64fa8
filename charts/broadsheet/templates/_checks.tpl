{{/* What a schema cannot say. Each check stops the rendering with one sentence that says what to set. */}}

{{- define "broadsheet.check.component" -}}
{{- $name := .name -}}
{{- with .values -}}
{{- $needed := add .preStopSeconds .drainSeconds 5 -}}
{{- if lt (int .terminationGracePeriodSeconds) (int $needed) -}}
{{- fail (printf "components.%s: terminationGracePeriodSeconds is %d, set at least %d: preStopSeconds %d + drainSeconds %d + 5" $name (int .terminationGracePeriodSeconds) (int $needed) (int .preStopSeconds) (int .drainSeconds)) -}}
{{- end -}}
{{- include "broadsheet.check.resources" (list (printf "components.%s" $name) .resources) -}}
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

{{/* Kubernetes would refuse such a pod only after the other objects of the upgrade were changed. (list where resources) */}}
{{- define "broadsheet.check.resources" -}}
{{- $where := index . 0 -}}
{{- $resources := default dict (index . 1) -}}
{{- $limits := default dict $resources.limits -}}
{{- range $name, $asked := $resources.requests -}}
{{- with get $limits $name -}}
{{- if gt (float64 (include "broadsheet.amount" $asked)) (float64 (include "broadsheet.amount" .)) -}}
{{- fail (printf "%s.resources: requests.%s %v is more than limits.%s %v; raise the limit or ask for less" $where $name $asked $name .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* How much a quantity of Kubernetes is, as a number. */}}
{{- define "broadsheet.amount" -}}
{{- $factors := dict "" 1 "m" 0.001 "k" 1e3 "Ki" 1024 "M" 1e6 "Mi" 1048576 "G" 1e9 "Gi" 1073741824 "T" 1e12 "Ti" 1099511627776 -}}
{{- $unit := regexFind "[A-Za-z]*$" (toString .) -}}
{{- mulf (trimSuffix $unit (toString .)) (get $factors $unit) -}}
{{- end -}}

{{/* Checks over all values, called once by NOTES.txt and by the migrations. */}}
{{- define "broadsheet.check.values" -}}
{{- if and .Values.ingress.enabled .Values.httpRoute.enabled -}}
{{- fail "enable ingress or httpRoute, not both: the gateway would be published twice" -}}
{{- end -}}
{{- if and (eq .Values.listenHost "0.0.0.0") (or (has "IPv6" (default list .Values.ipFamilies)) (hasSuffix "DualStack" (default "" .Values.ipFamilyPolicy))) -}}
{{- fail "listenHost is 0.0.0.0, set \"::\": Services with IPv6 addresses would lead to pods that listen on IPv4 alone" -}}
{{- end -}}
{{- include "broadsheet.check.resources" (list "migrations" .Values.migrations.resources) -}}
{{- if not (hasPrefix "s3://" (default dict .Values.services.media.settings | dig "MEDIA_STORAGE_URL" "" | toString)) -}}
{{- fail "services.media.settings.MEDIA_STORAGE_URL: set s3://<bucket>; pods have no disk that outlives them" -}}
{{- end -}}
{{- end -}}
