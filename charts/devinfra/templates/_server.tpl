{{/* A password that follows from the seed. (list root name) */}}
{{- define "devinfra.password" -}}
{{- printf "%s/%s" (index . 0).Values.seed (index . 1) | sha256sum | trunc 40 -}}
{{- end -}}

{{/* The prefix of names. A Service's must begin with a letter and hold no dot, see broadsheet.fullname. */}}
{{- define "devinfra.fullname" -}}
{{- $name := replace "." "-" .Release.Name -}}
{{ regexMatch "^[a-z]" $name | ternary $name (printf "devinfra-%s" $name) }}
{{- end -}}

{{- define "devinfra.labels" -}}
app.kubernetes.io/name: devinfra
app.kubernetes.io/instance: {{ toYaml (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* Host name of a server inside the cluster. (list root name) */}}
{{- define "devinfra.host" -}}
{{ include "devinfra.fullname" (index . 0) }}-{{ index . 1 | lower }}.{{ (index . 0).Release.Namespace }}.svc
{{- end -}}

{{- define "devinfra.container.security" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/*
One server: a Service and a StatefulSet with one pod and one claim. `server` holds
  name, ports {name: number}, uid, env {name: value}, args, ready (a command), mounts {name: path}, volumes, data (path), init
(list root server)
*/}}
{{- define "devinfra.server" -}}
{{- $root := index . 0 -}}
{{- $server := index . 1 -}}
{{- $values := index $root.Values $server.name -}}
{{- $name := printf "%s-%s" (include "devinfra.fullname" $root) (lower $server.name) -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}
  namespace: {{ toYaml $root.Release.Namespace }}
  labels:
    {{- include "devinfra.labels" (list $root $server.name) | nindent 4 }}
spec:
  selector:
    {{- include "devinfra.labels" (list $root $server.name) | nindent 4 }}
  ports:
    {{- range $port, $number := $server.ports }}
    - {name: {{ $port }}, port: {{ $number }}, targetPort: {{ $number }}, protocol: TCP}
    {{- end }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $name }}
  namespace: {{ toYaml $root.Release.Namespace }}
  labels:
    {{- include "devinfra.labels" (list $root $server.name) | nindent 4 }}
spec:
  serviceName: {{ $name }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "devinfra.labels" (list $root $server.name) | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "devinfra.labels" (list $root $server.name) | nindent 8 }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 60
      securityContext:
        runAsNonRoot: true
        runAsUser: {{ $server.uid }}
        runAsGroup: {{ $server.uid }}
        fsGroup: {{ $server.uid }}
        seccompProfile: {type: RuntimeDefault}
      {{- with $server.init }}
      initContainers:
        - name: prepare
          image: {{ toYaml $values.image }}
          imagePullPolicy: {{ $root.Values.pullPolicy }}
          command: {{ toJson . }}
          securityContext:
            {{- include "devinfra.container.security" $root | nindent 12 }}
          resources:
            {{- toYaml (default dict $values.resources) | nindent 12 }}
          volumeMounts:
            - {name: data, mountPath: {{ $server.data }}}
      {{- end }}
      containers:
        - name: {{ lower $server.name }}
          image: {{ toYaml $values.image }}
          imagePullPolicy: {{ $root.Values.pullPolicy }}
          {{- with $server.args }}
          args: {{ toJson . }}
          {{- end }}
          {{- with $server.env }}
          env:
            {{- range $key, $value := . }}
            - {name: {{ $key }}, value: {{ $value | quote }}}
            {{- end }}
          {{- end }}
          ports:
            {{- range $port, $number := $server.ports }}
            - {name: {{ $port }}, containerPort: {{ $number }}, protocol: TCP}
            {{- end }}
          startupProbe:
            {{- toYaml $server.ready | nindent 12 }}
            periodSeconds: 2
            timeoutSeconds: 10
            failureThreshold: 60
          readinessProbe:
            {{- toYaml $server.ready | nindent 12 }}
            periodSeconds: 5
            timeoutSeconds: 10
          livenessProbe:
            {{- toYaml $server.alive | nindent 12 }}
            periodSeconds: 20
            timeoutSeconds: 10
            failureThreshold: 6
          resources:
            {{- toYaml (default dict $values.resources) | nindent 12 }}
          securityContext:
            {{- include "devinfra.container.security" $root | nindent 12 }}
          volumeMounts:
            - {name: data, mountPath: {{ $server.data }}}
            {{- range $volume, $path := $server.mounts }}
            - {name: {{ $volume }}, mountPath: {{ $path }}}
            {{- end }}
      volumes:
        {{- toYaml $server.volumes | nindent 8 }}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: {{ $values.storage }}}}
{{- end -}}
