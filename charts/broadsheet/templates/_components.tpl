{{/*
The table of components: whose image, which command, and how it is reached.
  kind web         answers HTTP on `port`; probes ask /livez and /readyz on `metricsPort` (`port` where none is given)
  kind background  serves no users; on 9100 probes ask /livez, which tells by its heartbeat whether its loop turns, and metrics are;
                   nobody has to forget its address first, so it stops as soon as it is told to
  single           never two at once: replaced by stopping the old one first
  queues           the RabbitMQ queues it empties, what KEDA scales it by; those of consumers follow from the services' HANDLERS and are
                   in files/queues.yaml
  own              what differs from the values' `defaults`. It stands here and not in values.yaml, where Helm answers a null by taking the
                   chart's key away without a trace: what `defaults` say of it would come back.
*/}}
{{- define "broadsheet.components" -}}
gateway:
  {service: gateway, command: web, kind: web, port: 8000, metricsPort: 8001, own: {replicas: 2, resources: {requests: {cpu: 100m, memory: 96Mi}, limits: {cpu: "2", memory: 256Mi}}}}
auth-web:
  {service: auth, command: web, kind: web, port: 8010, own: {replicas: 2, resources: {requests: {cpu: 100m, memory: 160Mi}, limits: {cpu: "2", memory: 512Mi}}}}
auth-worker: {service: auth, command: worker, kind: background, queues: [auth.jobs]}
auth-beat: {service: auth, command: beat, kind: background, single: true}
auth-relay: {service: auth, command: relay, kind: background}
auth-consumer: {service: auth, command: consumer, kind: background}
blog-web:
  {service: blog, command: web, kind: web, port: 8020, own: {replicas: 2, temporarySize: 1Gi, resources: {requests: {cpu: 100m, memory: 160Mi}, limits: {cpu: "2", memory: 512Mi}}}}
blog-worker: {service: blog, command: worker, kind: background, queues: [blog.jobs]}
blog-beat: {service: blog, command: beat, kind: background, single: true}
blog-relay: {service: blog, command: relay, kind: background}
blog-consumer: {service: blog, command: consumer, kind: background}
media-web:
  {service: media, command: web, kind: web, port: 8030, own: {replicas: 2, temporarySize: 4Gi, resources: {requests: {cpu: 100m, memory: 160Mi}, limits: {cpu: "2", memory: 768Mi}}}}
media-worker:
  {service: media, command: worker, kind: background, queues: [media.jobs], own: {temporarySize: 2Gi, resources: {requests: {cpu: 100m, memory: 192Mi}, limits: {cpu: "2", memory: 768Mi}}}}
media-beat: {service: media, command: beat, kind: background, single: true}
media-relay: {service: media, command: relay, kind: background}
media-consumer: {service: media, command: consumer, kind: background}
{{- end -}}

{{/* Lays a map over another, map by map and in place; null takes a key away. (list under over) */}}
{{- define "broadsheet.overlay" -}}
{{- $under := index . 0 -}}
{{- range $key, $value := index . 1 -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := unset $under $key -}}
{{- else if kindIs "map" $value -}}
{{- if not (kindIs "map" (get $under $key)) -}}
{{- $_ := set $under $key dict -}}
{{- end -}}
{{- include "broadsheet.overlay" (list (get $under $key) $value) -}}
{{- else -}}
{{- $_ := set $under $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* A map as YAML, without what is null in it. */}}
{{- define "broadsheet.map" -}}
{{- $map := dict -}}
{{- include "broadsheet.overlay" (list $map (default dict .)) -}}
{{- toYaml $map -}}
{{- end -}}

{{/* The defaults with more and more laid over them. (list root map...) */}}
{{- define "broadsheet.values" -}}
{{- $values := dict -}}
{{- range prepend (rest .) (index . 0).Values.defaults -}}
{{- include "broadsheet.overlay" (list $values (default dict .)) -}}
{{- end -}}
{{- toYaml $values -}}
{{- end -}}

{{/* A component's row of the table, its name and its values merged over the defaults. (list root component) */}}
{{- define "broadsheet.facts" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $row := index (fromYaml (include "broadsheet.components" $root)) $component -}}
{{- $metricsPort := default $row.port $row.metricsPort -}}
{{- $kind := dict -}}
{{- if eq $row.kind "background" -}}
{{- $metricsPort = 9100 -}}
{{- $kind = dict "preStopSeconds" 0 -}}
{{- end -}}
{{- with get (fromYaml ($root.Files.Get "files/queues.yaml")) $component -}}
{{- $_ := set $row "queues" . -}}
{{- end -}}
{{- $values := fromYaml (include "broadsheet.values" (list $root $kind $row.own (index $root.Values.components $component))) -}}
{{- toYaml (merge (dict "name" $component "values" $values "metricsPort" $metricsPort) $row) -}}
{{- end -}}

{{/* All that one component needs. (list root component) */}}
{{- define "broadsheet.component" -}}
{{- $root := index . 0 -}}
{{- $facts := fromYaml (include "broadsheet.facts" .) -}}
{{- if $facts.values.enabled -}}
{{- include "broadsheet.check.component" (list $root $facts) -}}
{{- range $part := list "serviceAccount" "deployment" "service" "disruptionBudget" "autoscaler" -}}
{{- with include (printf "broadsheet.%s" $part) (list $root $facts) }}
---
{{ . }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
