{{/* The NetworkPolicy of one component: both directions denied but for its edges. (list root edges component) */}}
{{- define "broadsheet.networkPolicy" -}}
{{- $root := index . 0 -}}
{{- $edges := index . 1 -}}
{{- $component := index . 2 -}}
{{- $components := fromYaml (include "broadsheet.components" $root) -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "broadsheet.metadata" (list $root $component) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "broadsheet.selector" (list $root $component) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  {{- with include "broadsheet.networkPolicy.ingress" . | trim }}   # an empty list is not kept by the API server: every upgrade would change it
  ingress:
    {{- . | nindent 4 }}
  {{- end }}
  egress:
    {{- range $to := concat (list "dns") (index $edges $component) (list "telemetry") }}
    {{- $ports := list }}
    {{- with get $components $to }}{{ $ports = list (dict "port" .port "protocol" "TCP") }}{{ end }}
    {{- with get $root.Values.networkPolicy.neighbours $to }}{{ $ports = .ports }}{{ end }}
    {{- if $ports }}
    - ports: {{ toJson $ports }}
      {{- with include "broadsheet.networkPolicy.peers" (list $root "to" $to) | trim }}
      {{- . | nindent 6 }}
      {{- end }}
    {{- end }}
    {{- end }}
{{- end -}}

{{/* Who may call a component: the rows of the table that name it, and the monitoring. (list root edges component) */}}
{{- define "broadsheet.networkPolicy.ingress" -}}
{{- $root := index . 0 -}}
{{- $component := index . 2 -}}
{{- with get (fromYaml (include "broadsheet.components" $root)) $component -}}
{{- $port := .port -}}
{{- range $from, $targets := index $ 1 }}
{{- if has $component $targets }}
- ports: [{port: {{ $port }}, protocol: TCP}]
  {{- with include "broadsheet.networkPolicy.peers" (list $root "from" $from) | trim }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}
{{- with $root.Values.networkPolicy.neighbours.monitoring.peers }}
- ports: [{port: {{ include "broadsheet.facts" (list $root $component) | fromYaml | dig "metricsPort" 0 }}, protocol: TCP}]
  from:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- end -}}
{{- end -}}

{{/* Pods of the release by component, neighbours by values; no peers at all means anyone. (list root direction name) */}}
{{- define "broadsheet.networkPolicy.peers" -}}
{{- $root := index . 0 -}}
{{- $name := index . 2 -}}
{{- if hasKey $root.Values.networkPolicy.neighbours $name -}}
{{- with (index $root.Values.networkPolicy.neighbours $name).peers }}
{{ index $ 1 }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- else -}}
{{ index . 1 }}:
  - podSelector:
      matchLabels:
        {{- include "broadsheet.selector" (list $root $name) | nindent 8 }}
{{- end -}}
{{- end -}}
