{{/* Names, labels and images. Every helper takes the root context, or a list that begins with it. */}}

{{/*
The prefix of every object's name. A Service's must begin with a letter and hold no dot, so a release called `2026` or `news.eu`
is told by the chart's name in front and a dash.
*/}}
{{- define "broadsheet.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := printf "%s-%s" .Release.Name $name -}}
{{- if contains $name .Release.Name -}}
{{- $full = .Release.Name -}}
{{- end -}}
{{- $full = default $full .Values.fullnameOverride | replace "." "-" -}}
{{- if not (regexMatch "^[a-z]" $full) -}}
{{- $full = printf "%s-%s" .Chart.Name $full -}}
{{- end -}}
{{- $full | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* What selects a component's pods; never changes, as Deployments refuse it. (list root component) */}}
{{- define "broadsheet.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride | toYaml }}
app.kubernetes.io/instance: {{ toYaml $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* A text as a label may hold it: at most 63 characters, a letter or digit first and last. */}}
{{- define "broadsheet.labelValue" -}}
{{- regexReplaceAll "^[^A-Za-z0-9]+|[^A-Za-z0-9]+$" (replace "+" "_" . | trunc 63) "" -}}
{{- end -}}

{{/* Labels or annotations: the chart's own, which no other may replace, and those of a value. (list own given value) */}}
{{- define "broadsheet.beside" -}}
{{- range $key, $_ := default dict (index . 1) -}}
{{- if hasKey (index $ 0) $key -}}
{{- fail (printf "%s: %s is given by the chart itself; choose another name" (index $ 2) $key) -}}
{{- end -}}
{{- end -}}
{{- merge dict (index . 0) (default dict (index . 1)) | include "broadsheet.map" -}}
{{- end -}}

{{/* name, namespace and labels of an object. (list root component [suffix [labels]]) */}}
{{- define "broadsheet.metadata" -}}
{{- $root := index . 0 -}}
{{- $given := slice (concat (rest (rest .)) (list "" dict)) 0 2 -}}
{{- $labels := fromYaml (include "broadsheet.selector" .) -}}
{{- $chart := include "broadsheet.labelValue" (printf "%s-%s" $root.Chart.Name $root.Chart.Version) -}}
{{- $_ := merge $labels (dict "app.kubernetes.io/part-of" "broadsheet" "app.kubernetes.io/managed-by" $root.Release.Service "helm.sh/chart" $chart) -}}
name: {{ include "broadsheet.fullname" $root }}-{{ index . 1 }}{{ with first $given }}-{{ . }}{{ end }}
namespace: {{ toYaml $root.Release.Namespace }}
labels:
  {{- include "broadsheet.beside" (list $labels (merge dict (default dict (last $given)) (default dict $root.Values.commonLabels)) (printf "commonLabels, or the labels of %s" (index . 1))) | nindent 2 }}
{{- end -}}

{{/*
The same of an object that runs an image, with its version. On all the others it would change with every image, and each of
those changes is work for the API server and for who watches it. (list root component [suffix])
*/}}
{{- define "broadsheet.workload.metadata" -}}
{{- $tag := include "broadsheet.tag" (list (index . 0) (index . 1 | splitList "-" | first)) -}}
{{- $version := dict "app.kubernetes.io/version" (include "broadsheet.labelValue" $tag) -}}
{{ include "broadsheet.metadata" (concat (slice (concat . (list "")) 0 3) (list $version)) }}
{{- end -}}

{{/* Labels and annotations of a pod. No label changes with the chart's version, which would replace every pod. (list root component values annotations) */}}
{{- define "broadsheet.pod.metadata" -}}
{{- $values := index . 2 -}}
{{- $own := merge (fromYaml (include "broadsheet.selector" .)) (dict "app.kubernetes.io/part-of" "broadsheet") -}}
labels:
  {{- include "broadsheet.beside" (list $own $values.podLabels (printf "podLabels of %s" (index . 1))) | nindent 2 }}
{{- if or (index . 3) $values.podAnnotations }}
annotations:
  {{- include "broadsheet.beside" (list (index . 3) $values.podAnnotations (printf "podAnnotations of %s" (index . 1))) | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The tag of a service, or of what belongs to none. (list root service) */}}
{{- define "broadsheet.tag" -}}
{{- $root := index . 0 -}}
{{- $image := $root.Values.image -}}
{{ coalesce (get $image.tags (index . 1)) $image.tag $root.Chart.AppVersion }}
{{- end -}}

{{/* The image of a service; a digest wins over the tag. (list root service) */}}
{{- define "broadsheet.image" -}}
{{- $root := index . 0 -}}
{{- $service := index . 1 -}}
{{- $parts := compact (list (default "" $root.Values.image.registry | trimSuffix "/") $root.Values.image.repository $service) -}}
{{- $digest := index $root.Values.image.digests $service -}}
{{- $version := printf ":%s" (include "broadsheet.tag" .) -}}
{{- with $digest }}{{ $version = printf "@%s" . }}{{ end -}}
{{- printf "%s%s" (join "/" $parts) $version | toYaml -}}
{{- end -}}

{{/* The Secret of a service. (list root service) */}}
{{- define "broadsheet.secretName" -}}
{{- $root := index . 0 -}}
{{- $service := index . 1 -}}
{{- default (printf "%s-%s" (include "broadsheet.fullname" $root) $service) (index $root.Values.services $service).secret.existing | toYaml -}}
{{- end -}}
