{{/*
The environment of a container: what the chart itself settles, then the settings of all services, of the service, of the
component. It is one map, so a name can never appear twice. (list root facts)
*/}}
{{- define "broadsheet.environment" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
{{- $env := fromYaml (include "broadsheet.environment.chart" .) -}}
{{- $env = mergeOverwrite $env (default dict $root.Values.settings) (default dict (index $root.Values.services $facts.service).settings) (default dict $facts.values.settings) -}}
{{- range $name, $value := $env }}
- name: {{ $name }}
  value: {{ include "broadsheet.environment.text" $value | quote }}
{{- end }}
{{- end -}}

{{/* Numbers as they were written: YAML's large integers are floats to Helm. */}}
{{- define "broadsheet.environment.text" -}}
{{- if kindIs "float64" . }}{{ if eq (floor .) . }}{{ int64 . }}{{ else }}{{ . }}{{ end }}{{ else }}{{ . }}{{ end -}}
{{- end -}}

{{/* The settings that follow from the chart's own values; values.schema.json refuses them under `settings`. */}}
{{- define "broadsheet.environment.chart" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
{{- $prefix := upper $facts.service -}}
{{- $fullname := include "broadsheet.fullname" $root -}}
ENVIRONMENT: {{ $root.Values.environment }}
PUBLIC_URL: {{ $root.Values.publicUrl | quote }}
{{- with $root.Values.picturesUrl }}
PICTURES_URL: {{ . | quote }}
{{- end }}
RELEASE: {{ include "broadsheet.tag" (list $root $facts.service) | quote }}
AUTH_URL: http://{{ $fullname }}-auth-web:8010
BLOG_URL: http://{{ $fullname }}-blog-web:8020
MEDIA_URL: http://{{ $fullname }}-media-web:8030
SECRETS_DIR: /run/secrets/broadsheet
VAR_DIR: /tmp/broadsheet
TRUSTED_PEERS: 10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7   # pods; NetworkPolicies leave the gateway of them
DRAIN_SECONDS: {{ $facts.values.drainSeconds }}
{{- if eq $facts.kind "web" }}
{{ $prefix }}_HOST: {{ $root.Values.listenHost | quote }}
{{ $prefix }}_PORT: {{ $facts.port }}
{{- else }}
METRICS_HOST: {{ $root.Values.listenHost | quote }}
METRICS_PORT: 9100
HEARTBEAT_FILE: /tmp/heartbeat
{{- end }}
{{- if eq $facts.service "gateway" }}
GATEWAY_ADMIN_HOST: {{ $root.Values.listenHost | quote }}
GATEWAY_ADMIN_PORT: {{ $facts.metricsPort }}
{{- if $root.Values.services.gateway.config }}
GATEWAY_CONFIG: /etc/broadsheet/gateway.yaml
{{- end }}
{{- end }}
{{- end -}}
