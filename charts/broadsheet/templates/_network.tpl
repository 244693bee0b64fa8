{{/* The NetworkPolicy of one component: both directions denied but for its edges. (list root edges component) */}}
{{- define "broadsheet.networkPolicy" -}}
{{- $root := index . 0 -}}
{{- $edges := index . 1 -}}
{{- $component := index . 2 -}}
{{- $components := fromYaml (include "broadsheet.components" $root) -}}
{{- $facts := get $components $component -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "broadsheet.metadata" (list $root $component) | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "broadsheet.selector" (list $root $component) | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- if $facts }}
    {{- $callers := list }}
    {{- range $from, $targets := $edges }}
    {{- if has $component $targets }}{{ $callers = append $callers $from }}{{ end }}
    {{- end }}
    {{- range $from := $callers }}
    - ports: [{port: {{ $facts.port }}, protocol: TCP}]
      {{- with include "broadsheet.networkPolicy.peers" (list $root "from" $from) | trim }}
      {{- . | nindent 6 }}
      {{- end }}
    {{- end }}
    - ports: [{port: {{ include "broadsheet.facts" (list $root $component) | fromYaml | dig "metricsPort" 0 }}, protocol: TCP}]
      {{- with include "broadsheet.networkPolicy.peers" (list $root "from" "monitoring") | trim }}
      {{- . | nindent 6 }}
      {{- end }}
    {{- else }} []
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
