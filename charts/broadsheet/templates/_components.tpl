{{/*
The table of components: whose image, which command, and how it is reached.
  kind web         answers HTTP on `port`; probes ask /livez and /readyz on `metricsPort` (`port` where none is given)
  kind background  serves no users; on 9100 probes ask /livez, which tells by its heartbeat whether its loop turns, and metrics are;
                   nobody has to forget its address first, so it stops as soon as it is told to
  single           never two at once: replaced by stopping the old one first
  queues           the RabbitMQ queues it empties, what KEDA scales it by
*/}}
{{- define "broadsheet.components" -}}
gateway: {service: gateway, command: web, kind: web, port: 8000, metricsPort: 8001}
auth-web: {service: auth, command: web, kind: web, port: 8010}
auth-worker: {service: auth, command: worker, kind: background, queues: [auth.jobs]}
auth-beat: {service: auth, command: beat, kind: background, single: true}
auth-relay: {service: auth, command: relay, kind: background}
blog-web: {service: blog, command: web, kind: web, port: 8020}
blog-worker: {service: blog, command: worker, kind: background, queues: [blog.jobs]}
blog-beat: {service: blog, command: beat, kind: background, single: true}
blog-relay: {service: blog, command: relay, kind: background}
blog-consumer: {service: blog, command: consumer, kind: background, queues: [blog.auth-events, blog.media-events]}
media-web: {service: media, command: web, kind: web, port: 8030}
media-worker: {service: media, command: worker, kind: background, queues: [media.jobs]}
media-beat: {service: media, command: beat, kind: background, single: true}
media-relay: {service: media, command: relay, kind: background}
{{- end -}}

{{/* A component's row of the table, its name and its values merged over the defaults. (list root component) */}}
{{- define "broadsheet.facts" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $row := index (fromYaml (include "broadsheet.components" $root)) $component -}}
{{- $own := default dict (index $root.Values.components $component) -}}
{{- $defaults := deepCopy $root.Values.defaults -}}
{{- $metricsPort := default $row.port $row.metricsPort -}}
{{- if eq $row.kind "background" -}}
{{- $metricsPort = 9100 -}}
{{- $_ := set $defaults "preStopSeconds" 0 -}}
{{- end -}}
{{- toYaml (merge (dict "name" $component "values" (mergeOverwrite $defaults $own) "metricsPort" $metricsPort) $row) -}}
{{- end -}}

{{/* All that one component needs. (list root component) */}}
{{- define "broadsheet.component" -}}
{{- $root := index . 0 -}}
{{- $facts := fromYaml (include "broadsheet.facts" .) -}}
{{- if $facts.values.enabled -}}
{{- include "broadsheet.check.component" $facts -}}
{{- range $part := list "serviceAccount" "deployment" "service" "disruptionBudget" "autoscaler" -}}
{{- with include (printf "broadsheet.%s" $part) (list $root $facts) }}
---
{{ . }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
