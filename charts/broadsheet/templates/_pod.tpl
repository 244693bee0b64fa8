{{/* The parts that every pod of the chart shares: security, volumes, placement. */}}

{{- define "broadsheet.pod.security" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "broadsheet.container.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* What every pod says before its containers. (list root service-account) */}}
{{- define "broadsheet.pod.head" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ include "broadsheet.fullname" $root }}-{{ index . 1 }}
automountServiceAccountToken: false
enableServiceLinks: false   # a Service named auth would set AUTH_PORT
securityContext:
  {{- include "broadsheet.pod.security" $root | nindent 2 }}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ toYaml . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Image, environment and mounts of a container of a service. (list root facts) */}}
{{- define "broadsheet.container" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
image: {{ include "broadsheet.image" (list $root $facts.service) }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
env:
  {{- include "broadsheet.environment" . | trim | nindent 2 }}
securityContext:
  {{- include "broadsheet.container.security" $root | nindent 2 }}
volumeMounts:
  - {name: temporary, mountPath: /tmp}
  - {name: secrets, mountPath: /run/secrets/broadsheet, readOnly: true}
  {{- if and (eq $facts.service "gateway") $root.Values.services.gateway.config }}
  - {name: config, mountPath: /etc/broadsheet, readOnly: true}
  {{- end }}
{{- end -}}

{{/* (list root facts) */}}
{{- define "broadsheet.pod.volumes" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
- name: temporary
  emptyDir: { {{- with $facts.values.temporarySize }}sizeLimit: {{ toJson . }}{{ end -}} }
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- include "broadsheet.pod.secretSources" (list $root $facts.service) | nindent 6 }}
{{- if and (eq $facts.service "gateway") $root.Values.services.gateway.config }}
- name: config
  configMap: {name: {{ include "broadsheet.fullname" $root }}-gateway}
{{- end }}
{{- end -}}

{{/* The keys of a service's Secret. Required ones are listed one by one: the kubelet then names what is missing. (list root service) */}}
{{- define "broadsheet.pod.secretSources" -}}
{{- $secret := include "broadsheet.secretName" . -}}
{{- $keys := index (fromYaml (include "broadsheet.secretKeys" (index . 0))) (index . 1) -}}
- secret:
    name: {{ $secret }}
    items:
      {{- range $keys.required }}
      - {key: {{ . }}, path: {{ . }}}
      {{- end }}
- secret:
    name: {{ $secret }}
    optional: true
    items:
      {{- range $keys.optional }}
      - {key: {{ . }}, path: {{ . }}}
      {{- end }}
{{- end -}}

{{/* A must is one of hosts alone: nodes without a zone's label would take no pod. (list root facts) */}}
{{- define "broadsheet.pod.spread" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
topologySpreadConstraints:
  {{- range $key := list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: {{ eq $key "kubernetes.io/hostname" | ternary $facts.values.spread "ScheduleAnyway" }}
    labelSelector:
      matchLabels:
        {{- include "broadsheet.selector" (list $root $facts.name) | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end -}}

{{/*
Tolerations of a pod that can run anywhere else as well: it need not wait out the five minutes that Kubernetes gives to a node that is
lost, unless its values say themselves how long. A JSON list. (values)
*/}}
{{- define "broadsheet.pod.tolerations" -}}
{{- $tolerations := default list .tolerations -}}
{{- $keys := list -}}
{{- range $tolerations -}}
{{- $keys = append $keys (get . "key") -}}
{{- end -}}
{{- range $key := list "node.kubernetes.io/not-ready" "node.kubernetes.io/unreachable" -}}
{{- if and $.nodeLostSeconds (not (has $key $keys)) (not (has "" $keys)) -}}
{{- $tolerations = append $tolerations (dict "key" $key "operator" "Exists" "effect" "NoExecute" "tolerationSeconds" $.nodeLostSeconds) -}}
{{- end -}}
{{- end -}}
{{- toJson $tolerations -}}
{{- end -}}

{{/* Where a pod may run, by its values; of all pods, those of Jobs too. */}}
{{- define "broadsheet.pod.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ toYaml . }}
{{- end }}
{{- end -}}
