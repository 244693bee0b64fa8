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
      metadata: {protocol: http, mode: QueueLength, value: {{ $keda.queueLength | quote }}, queueName: {{ . }}}
      authenticationRef: {name: {{ include "broadsheet.fullname" $root }}-rabbitmq}
    {{- end }}
{{- end -}}
