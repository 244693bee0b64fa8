{{/* Names, labels and images. Every helper takes the root context, or a list that begins with it. */}}

{{- define "broadsheet.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects a component's pods; never changes, as Deployments refuse it. (list root component) */}}
{{- define "broadsheet.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ default $root.Chart.Name $root.Values.nameOverride }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* (list root component) */}}
{{- define "broadsheet.labels" -}}
{{- $root := index . 0 -}}
{{ include "broadsheet.selector" . }}
app.kubernetes.io/part-of: broadsheet
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Labels of a pod: none that changes with the chart's version, which would replace every pod. (list root component) */}}
{{- define "broadsheet.pod.labels" -}}
{{ include "broadsheet.selector" . }}
app.kubernetes.io/part-of: broadsheet
{{- end -}}

{{/* name, namespace and labels of an object. (list root component [suffix]) */}}
{{- define "broadsheet.metadata" -}}
{{- $root := index . 0 -}}
name: {{ include "broadsheet.fullname" $root }}-{{ index . 1 }}{{ with rest (rest .) }}-{{ first . }}{{ end }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "broadsheet.labels" (list $root (index . 1)) | nindent 2 }}
{{- end -}}

{{/*
The same of an object that runs an image, with its version. On all the others it would change with every image, and each of
those changes is work for the API server and for who watches it. (list root component [suffix])
*/}}
{{- define "broadsheet.workload.metadata" -}}
{{ include "broadsheet.metadata" . }}
  app.kubernetes.io/version: {{ include "broadsheet.tag" (list (index . 0) (index . 1 | splitList "-" | first)) | quote }}
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
{{- $parts := compact (list (trimSuffix "/" $root.Values.image.registry) $root.Values.image.repository $service) -}}
{{- $digest := index $root.Values.image.digests $service -}}
{{- join "/" $parts }}{{ if $digest }}@{{ $digest }}{{ else }}:{{ include "broadsheet.tag" . }}{{ end -}}
{{- end -}}

{{/* The Secret of a service. (list root service) */}}
{{- define "broadsheet.secretName" -}}
{{- $root := index . 0 -}}
{{- $service := index . 1 -}}
{{- default (printf "%s-%s" (include "broadsheet.fullname" $root) $service) (index $root.Values.services $service).secret.existing -}}
{{- end -}}
