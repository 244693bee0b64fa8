{{/*
How many pods a Deployment asks for, nothing where its autoscaler says so. (list root facts)
*/}}
{{- define "broadsheet.replicas" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
{{- if or $facts.values.autoscaling.enabled $facts.values.keda.enabled -}}
{{- $live := lookup "apps/v1" "Deployment" $root.Release.Namespace (printf "%s-%s" (include "broadsheet.fullname" $root) $facts.name) -}}
{{- include "broadsheet.replicas.handover" (list $live (int (include "broadsheet.fewestPods" $facts.values))) -}}
{{- else -}}
{{- $facts.values.replicas -}}
{{- end -}}
{{- end -}}

{{/*
A number that the chart stated and states no more counts as 1 until the autoscaler looks, and no autoscaler of CPU looks at one that was
scaled to 0. So what runs, and the fewest at least, is stated until the autoscaler has changed it: with server-side apply the field is
its own from then on. Helm 3 knows no owners, what runs is stated each time. Without a cluster to ask (helm template) nothing is: see
docs/how-to/upgrade.md. (list live fewest)
*/}}
{{- define "broadsheet.replicas.handover" -}}
{{- $applied := false -}}
{{- $taken := false -}}
{{- range dig "metadata" "managedFields" list (index . 0) -}}
{{- $spec := dig "fieldsV1" "f:spec" dict . -}}
{{- if eq .operation "Apply" -}}
{{- $applied = or $applied (hasKey $spec "f:template") -}}
{{- else -}}
{{- $taken = or $taken (hasKey $spec "f:replicas") -}}
{{- end -}}
{{- end -}}
{{- if and (index . 0) (not (and $applied $taken)) -}}
{{- max (dig "spec" "replicas" 0 (index . 0)) (index . 1) -}}
{{- end -}}
{{- end -}}

{{/* At most one autoscaler per component, see broadsheet.check.component. (list root facts) */}}
{{- define "broadsheet.autoscaler" -}}
{{- $values := (index . 1).values -}}
{{- if $values.autoscaling.enabled -}}
{{- include "broadsheet.autoscaler.cpu" . -}}
{{- else if $values.keda.enabled -}}
{{- include "broadsheet.autoscaler.queues" . -}}
{{- end -}}
{{- end -}}

{{- define "broadsheet.autoscaler.cpu" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
{{- $autoscaling := $facts.values.autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "broadsheet.metadata" (list $root $facts.name) | nindent 2 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "broadsheet.fullname" $root }}-{{ $facts.name }}}
  minReplicas: {{ $autoscaling.minReplicas }}
  maxReplicas: {{ $autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource: {name: cpu, target: {type: Utilization, averageUtilization: {{ $autoscaling.cpuPercent }}}}
  behavior:
    scaleDown: {stabilizationWindowSeconds: {{ $autoscaling.scaleDownSeconds }}}
{{- end -}}

{{- define "broadsheet.autoscaler.queues" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
{{- $keda := $facts.values.keda -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  {{- include "broadsheet.metadata" (list $root $facts.name) | nindent 2 }}
spec:
  scaleTargetRef: {name: {{ include "broadsheet.fullname" $root }}-{{ $facts.name }}}
  minReplicaCount: {{ $keda.minReplicas }}
  maxReplicaCount: {{ $keda.maxReplicas }}
  triggers:
    {{- range $facts.queues }}
    - type: rabbitmq
      metadata: {protocol: http, mode: QueueLength, value: {{ $keda.queueLength | quote }}, queueName: {{ . }}{{ if and $root.Values.keda.jobsVhosts (hasSuffix ".jobs" .) }}, vhostName: {{ . }}{{ end }}}
      authenticationRef: {name: {{ include "broadsheet.fullname" $root }}-rabbitmq}
    {{- end }}
{{- end -}}
