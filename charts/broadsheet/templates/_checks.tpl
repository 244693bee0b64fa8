{{/* What a schema cannot say. Each check stops the rendering with one sentence that says what to set. */}}

{{/* (list root facts) */}}
{{- define "broadsheet.check.component" -}}
{{- $root := index . 0 -}}
{{- $facts := index . 1 -}}
{{- $name := $facts.name -}}
{{- with $facts.values -}}
{{- $needed := add .preStopSeconds .drainSeconds 5 -}}
{{- if lt (int .terminationGracePeriodSeconds) (int $needed) -}}
{{- fail (printf "components.%s: terminationGracePeriodSeconds is %d, set at least %d: preStopSeconds %d + drainSeconds %d + 5" $name (int .terminationGracePeriodSeconds) (int $needed) (int .preStopSeconds) (int .drainSeconds)) -}}
{{- end -}}
{{- include "broadsheet.check.resources" (list (printf "components.%s" $name) .resources) -}}
{{- if and .autoscaling.enabled .keda.enabled -}}
{{- fail (printf "components.%s: enable autoscaling or keda, not both: each would undo the other's replicas" $name) -}}
{{- end -}}
{{- range $scaler := list "autoscaling" "keda" -}}
{{- with get $facts.values $scaler -}}
{{- if gt (int .minReplicas) (int .maxReplicas) -}}
{{- fail (printf "components.%s: %s.minReplicas is greater than maxReplicas" $name $scaler) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .keda.enabled (not $facts.queues) -}}
{{- fail (printf "components.%s: keda scales by queues, and this component empties none; use autoscaling" $name) -}}
{{- end -}}
{{- if and .keda.enabled (not $root.Values.keda.secret) -}}
{{- fail (printf "components.%s: keda asks RabbitMQ how deep its queues are; name the Secret with the URL in keda.secret" $name) -}}
{{- end -}}
{{- if and .autoscaling.enabled (not (merge dict (dig "resources" "requests" dict .) (dig "resources" "limits" dict .)).cpu) -}}
{{- fail (printf "components.%s: autoscaling compares the use of CPU with its request; set resources.requests.cpu" $name) -}}
{{- end -}}
{{- if and $facts.single (or .autoscaling.enabled .keda.enabled (ne (int .replicas) 1)) -}}
{{- fail (printf "components.%s: there is always exactly one; leave replicas at 1 and the autoscalers off" $name) -}}
{{- end -}}
{{- $longest := max .minReadySeconds $root.Values.migrations.waitSeconds -}}
{{- if le (int .progressDeadlineSeconds) (int $longest) -}}
{{- fail (printf "components.%s: progressDeadlineSeconds is %d, set more than minReadySeconds and migrations.waitSeconds, %d" $name (int .progressDeadlineSeconds) (int $longest)) -}}
{{- end -}}
{{- end -}}
{{- include "broadsheet.check.disruptionBudget" $facts -}}
{{- end -}}

{{/* A budget that lets every pod go at once protects nobody; a single pod has to be let go, or no node could be drained. */}}
{{- define "broadsheet.check.disruptionBudget" -}}
{{- $fewest := int (include "broadsheet.fewestPods" .values) -}}
{{- with .values.podDisruptionBudget -}}
{{- $away := float64 (trimSuffix "%" (toString .maxUnavailable)) -}}
{{- if hasSuffix "%" (toString .maxUnavailable) -}}
{{- $away = ceil (divf (mulf $away $fewest) 100) -}}
{{- end -}}
{{- if and .enabled (gt $fewest 1) (ge (int $away) $fewest) -}}
{{- fail (printf "components.%s: podDisruptionBudget.maxUnavailable %v lets all %d pods go at once; set less, or no budget" $.name .maxUnavailable $fewest) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* How many pods there are at least, by a component's values. */}}
{{- define "broadsheet.fewestPods" -}}
{{- if .autoscaling.enabled }}{{ .autoscaling.minReplicas }}{{ else if .keda.enabled }}{{ .keda.minReplicas }}{{ else }}{{ .replicas }}{{ end -}}
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

{{/*
Under another name every object of a release is another one: Helm would delete all Deployments while it makes the new ones, and a
selector cannot change at all. Only Helm's own upgrade sees what is there; elsewhere `lookup` answers nothing.
*/}}
{{- define "broadsheet.check.renamed" -}}
{{- if .Release.IsUpgrade -}}
{{- range $found := (lookup "apps/v1" "Deployment" .Release.Namespace "").items -}}
{{- $labels := default dict $found.metadata.labels -}}
{{- $component := get $labels "app.kubernetes.io/component" -}}
{{- if and (eq (get $labels "app.kubernetes.io/instance") $.Release.Name) (hasKey (fromYaml (include "broadsheet.components" $)) $component) -}}
{{- $name := printf "%s-%s" (include "broadsheet.fullname" $) $component -}}
{{- $selector := fromYaml (include "broadsheet.selector" (list $ $component)) -}}
{{- if or (ne $found.metadata.name $name) (ne (toJson $found.spec.selector.matchLabels) (toJson $selector)) -}}
{{- fail (printf "nameOverride, fullnameOverride: %s would get another name or selector (%s), and all Deployments be deleted at once before others run; leave both as they were, or install a second release beside this one" $found.metadata.name $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Checks over all values, called once by NOTES.txt. */}}
{{- define "broadsheet.check.values" -}}
{{- include "broadsheet.check.renamed" . -}}
{{- if and .Values.ingress.enabled .Values.httpRoute.enabled -}}
{{- fail "enable ingress or httpRoute, not both: the gateway would be published twice" -}}
{{- end -}}
{{- with .Values.picturesUrl -}}
{{- $host := regexReplaceAll "^https?://|:[0-9]+$" . "" | lower -}}
{{- if eq $host (regexReplaceAll "^https?://|:[0-9]+$" $.Values.publicUrl "" | lower) -}}
{{- fail "picturesUrl: it is on the host of publicUrl, whose cookies it would get; use another host" -}}
{{- end -}}
{{- if and (hasPrefix "https://" $.Values.publicUrl) (hasPrefix "http://" .) -}}
{{- fail "picturesUrl: must begin with https://, or pages at publicUrl show none of them" -}}
{{- end -}}
{{- $published := default list (ternary $.Values.ingress.hosts $.Values.httpRoute.hostnames $.Values.ingress.enabled) -}}
{{- $covered := or (has $host $published) (has (regexReplaceAll "^[^.]+" $host "*") $published) -}}
{{- range $published -}}
{{- if and $.Values.httpRoute.enabled (hasPrefix "*." .) (hasSuffix (trimPrefix "*" .) $host) -}}
{{- $covered = true -}}{{/* its wildcards are for any number of labels, those of an Ingress for one */}}
{{- end -}}
{{- end -}}
{{- if and (or $.Values.ingress.enabled $.Values.httpRoute.enabled) (not $covered) -}}
{{- fail (printf "picturesUrl: nobody would reach it; add %s to ingress.hosts or httpRoute.hostnames" $host) -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.listenHost "0.0.0.0") (or (has "IPv6" (default list .Values.ipFamilies)) (hasSuffix "DualStack" (default "" .Values.ipFamilyPolicy))) -}}
{{- fail "listenHost is 0.0.0.0, set \"::\": Services with IPv6 addresses would lead to pods that listen on IPv4 alone" -}}
{{- end -}}
{{- range $section := list "backup" "tests" -}}
{{- include "broadsheet.check.resources" (list $section (get $.Values $section).resources) -}}
{{- end -}}
{{- if and .Values.monitoring.serviceMonitor.enabled .Values.networkPolicy.enabled (not .Values.networkPolicy.neighbours.monitoring.peers) -}}
{{- fail "monitoring.serviceMonitor: nobody may read the metrics; name your Prometheus in networkPolicy.neighbours.monitoring.peers" -}}
{{- end -}}
{{- if not (hasPrefix "s3://" (default dict .Values.services.media.settings | dig "MEDIA_STORAGE_URL" "" | toString)) -}}
{{- fail "services.media.settings.MEDIA_STORAGE_URL: set s3://<bucket>; pods have no disk that outlives them" -}}
{{- end -}}
{{- end -}}
