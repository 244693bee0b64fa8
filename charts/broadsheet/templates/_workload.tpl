{{/* The objects of one component. Each takes (list root facts). */}}

{{- define "broadsheet.serviceAccount" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "broadsheet.metadata" (list $root $facts.name) | nindent 2 }}
  {{- with $facts.values.serviceAccountAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end -}}

{{- define "broadsheet.deployment" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
{{- $values := $facts.values -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "broadsheet.workload.metadata" (list $root $facts.name) | nindent 2 }}
spec:
  {{- with include "broadsheet.replicas" . }}
  replicas: {{ . }}
  {{- end }}
  revisionHistoryLimit: 3
  minReadySeconds: {{ $values.minReadySeconds }}
  progressDeadlineSeconds: {{ $values.progressDeadlineSeconds }}
  strategy:
    {{- if $facts.single }}
    type: Recreate
    {{- else }}
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 0, maxSurge: {{ toJson $values.maxSurge }}}
    {{- end }}
  selector:
    matchLabels:
      {{- include "broadsheet.selector" (list $root $facts.name) | nindent 6 }}
  template:
    metadata:
      {{- include "broadsheet.pod.metadata" (list $root $facts.name $values (fromYaml (include "broadsheet.annotations" .))) | nindent 6 }}
    spec:
      {{- include "broadsheet.pod.head" (list $root $facts.name) | nindent 6 }}
      terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
      {{- include "broadsheet.pod.spread" . | nindent 6 }}
      {{- include "broadsheet.pod.placement" (merge (dict "tolerations" (include "broadsheet.pod.tolerations" $values | fromJsonArray)) $values) | nindent 6 }}
      {{- if has "postgresql" (get (fromYaml (include "broadsheet.edges" $root)) $facts.name) }}
      initContainers:
        - name: migrations
          args: [migrate, {{ ternary "--within" "--wait" $root.Values.migrations.enabled }}, {{ $root.Values.migrations.waitSeconds | quote }}]
          {{- include "broadsheet.container" (list $root (include "broadsheet.migrating" . | fromYaml)) | nindent 10 }}
          resources:
            {{- include "broadsheet.map" $values.resources | nindent 12 }}
      {{- end }}
      containers:
        - name: {{ $facts.name }}
          args: [{{ $facts.command }}]
          {{- include "broadsheet.container" . | nindent 10 }}
          {{- include "broadsheet.probes" . | nindent 10 }}
          {{- if $values.preStopSeconds }}
          lifecycle:
            preStop:
              sleep: {seconds: {{ $values.preStopSeconds }}}
          {{- end }}
          resources:
            {{- include "broadsheet.map" $values.resources | nindent 12 }}
      volumes:
        {{- include "broadsheet.pod.volumes" . | nindent 8 }}
{{- end -}}

{{/*
The facts of a component for the container in which it migrates. No Job and no hook does: what decides is the state of the database,
whenever a pod starts. Pods of the new version wait for the one that applies what is missing, the old ones serve on, and a migration
that fails stops the roll-out. (list root facts)
*/}}
{{- define "broadsheet.migrating" -}}
{{- $migrations := (index . 0).Values.migrations -}}
{{- $options := printf "-c lock_timeout=%s -c statement_timeout=%s" $migrations.lockTimeout $migrations.statementTimeout -}}
{{- mergeOverwrite (deepCopy (index . 1)) (dict "values" (dict "settings" (dict "PGOPTIONS" $options))) | toYaml -}}
{{- end -}}

{{/* A pod must be replaced when its secrets change; the gateway takes over its configuration by itself. (list root facts) */}}
{{- define "broadsheet.annotations" -}}
{{- $root := index . 0 -}}
{{- $service := (index . 1).service -}}
kubectl.kubernetes.io/default-container: {{ (index . 1).name }}
checksum/secret: {{ toJson (index $root.Values.services $service).secret | sha256sum | trunc 16 | quote }}
{{- end -}}

{{/* Liveness never asks a database or a broker: a restart would not bring those back. */}}
{{- define "broadsheet.probes" -}}
{{- $facts := index . 1 -}}
{{- $probes := $facts.values.probes -}}
{{- $web := eq $facts.kind "web" -}}
ports:
  {{- if $web }}
  - {name: http, containerPort: {{ $facts.port }}, protocol: TCP}
  {{- end }}
  {{- if ne (toString $facts.port) (toString $facts.metricsPort) }}
  - {name: metrics, containerPort: {{ $facts.metricsPort }}, protocol: TCP}
  {{- end }}
startupProbe:
  httpGet: {path: /livez, port: {{ $facts.metricsPort }}}
  periodSeconds: {{ ternary 1 5 $web }}
  timeoutSeconds: {{ $probes.timeoutSeconds }}
  failureThreshold: {{ ternary $probes.startupSeconds (div $probes.startupSeconds 5) $web }}
livenessProbe:
  httpGet: {path: /livez, port: {{ $facts.metricsPort }}}
  periodSeconds: {{ ternary 1 2 $web | mul $probes.periodSeconds }}
  timeoutSeconds: {{ $probes.timeoutSeconds }}
  failureThreshold: {{ $probes.failureThreshold }}
readinessProbe:
  httpGet: {path: {{ ternary "/readyz" "/livez" $web }}, port: {{ $facts.metricsPort }}}
  periodSeconds: {{ ternary 2 30 $web }}
  timeoutSeconds: {{ $probes.timeoutSeconds }}
  failureThreshold: 2
{{- end -}}

{{- define "broadsheet.service" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "broadsheet.metadata" (list $root $facts.name) | nindent 2 }}
spec:
  {{- if eq $facts.kind "web" }}
  type: ClusterIP
  {{- else }}
  clusterIP: None
  {{- end }}
  {{- with $root.Values.ipFamilyPolicy }}
  ipFamilyPolicy: {{ . }}
  {{- end }}
  {{- with $root.Values.ipFamilies }}
  ipFamilies: {{ toJson . }}
  {{- end }}
  selector:
    {{- include "broadsheet.selector" (list $root $facts.name) | nindent 4 }}
  ports:
    {{- if eq $facts.kind "web" }}
    - {name: http, port: {{ eq $facts.service "gateway" | ternary 80 $facts.port }}, targetPort: {{ $facts.port }}, protocol: TCP, appProtocol: http}
    {{- end }}
    - {name: metrics, port: 9100, targetPort: {{ $facts.metricsPort }}, protocol: TCP}
{{- end -}}

{{- define "broadsheet.disruptionBudget" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
{{- if $facts.values.podDisruptionBudget.enabled -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "broadsheet.metadata" (list $root $facts.name) | nindent 2 }}
spec:
  maxUnavailable: {{ toJson $facts.values.podDisruptionBudget.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "broadsheet.selector" (list $root $facts.name) | nindent 6 }}
{{- end -}}
{{- end -}}
