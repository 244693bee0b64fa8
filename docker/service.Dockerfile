# One image per service: docker build -f docker/service.Dockerfile --build-arg SERVICE=auth .
# The same image runs every command of the service: docker run broadsheet/auth web | worker | relay | consumer | beat | migrate | events
# Equal inputs make equal layers: bytecode carries no time, and every file has the same one.
# The newest Debian that Python is offered on; a release says which by digest: make images BASE=python:3.13-slim@sha256:…
ARG BASE=python:3.13-slim

FROM ${BASE} AS tools
ENV PIP_NO_CACHE_DIR=1 PIP_NO_COMPILE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1 PYTHONHASHSEED=0
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends binutils && rm -rf /var/lib/apt/lists/*
COPY requirements/build.txt /source/requirements/
RUN pip install --require-hashes -r /source/requirements/build.txt
COPY docker/assemble.py docker/slim.py /source/

# Python and the libraries it loads; the same layer in all four images.
FROM tools AS runtime
RUN pip uninstall --yes --quiet -r /source/requirements/build.txt && \
    python /source/assemble.py /image /usr/local/bin/python /usr/local/lib /usr/share/zoneinfo \
      /etc/ssl/certs/ca-certificates.crt /etc/nsswitch.conf /lib64/ld-linux-x86-64.so.2 && \
    python /source/slim.py /image/usr/local/lib && \
    python -m compileall -q --invalidation-mode unchecked-hash -s /image /image/usr/local/lib && \
    echo /usr/local/lib >/image/etc/ld.so.conf && ldconfig -r /image && \
    mkdir -p /image/tmp && chmod 1777 /image/tmp && \
    echo 'broadsheet:x:10001:10001::/tmp:/nonexistent' >/image/etc/passwd && \
    echo 'broadsheet:x:10001:' >/image/etc/group && \
    find /image -exec touch --no-dereference --date=@0 {} +

# What the service depends on; the same layer until its lock changes.
FROM tools AS libraries
ARG SERVICE
RUN python -m venv --without-pip /opt/broadsheet
COPY requirements/${SERVICE}.txt /source/requirements/
RUN pip --python /opt/broadsheet/bin/python install --require-hashes -r /source/requirements/${SERVICE}.txt && \
    python /source/slim.py /opt/broadsheet/lib && \
    python -m compileall -q --invalidation-mode unchecked-hash /opt/broadsheet/lib && \
    python /source/assemble.py /image /opt/broadsheet && \
    find /image -exec touch --no-dereference --date=@0 {} +

# The service itself.
FROM libraries AS code
ARG SERVICE
COPY chassis /source/chassis
COPY ops/metrics.yaml /source/ops/metrics.yaml
COPY contracts/access.yaml contracts/operations.yaml contracts/problems.yaml /source/contracts/
COPY contracts/openapi /source/contracts/openapi
COPY docs/api /source/docs/api
COPY services/${SERVICE} /source/services/${SERVICE}
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /source/wheels /source/chassis /source/services/${SERVICE} && \
    pip --python /opt/broadsheet/bin/python install --no-deps --no-index --root /code /source/wheels/*.whl && \
    python /source/slim.py /code/opt/broadsheet/lib && \
    python -m compileall -q --invalidation-mode unchecked-hash -s /code /code/opt/broadsheet/lib
# The admin's files, of those services that have one. REST framework's, which no page shows, name files that slim.py took.
RUN case ${SERVICE} in auth|blog) \
      PYTHONPATH="$(echo /code/opt/broadsheet/lib/python3*/site-packages)" && \
      export PYTHONPATH VAR_DIR=/tmp/var && \
      export DJANGO_SETTINGS_MODULE=${SERVICE}_service.django_settings && \
      export AUTH_STATIC_DIR=/code/opt/broadsheet/static BLOG_STATIC_DIR=/code/opt/broadsheet/static && \
      /opt/broadsheet/bin/python -m django collectstatic --no-input --ignore rest_framework ;; \
    esac && \
    find /code -exec touch --no-dereference --date=@0 {} +

FROM scratch
COPY --from=runtime /image/ /
COPY --from=libraries /image/ /
COPY --from=code /code/ /
ARG SERVICE
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="broadsheet/${SERVICE}" \
      org.opencontainers.image.description="Broadsheet's ${SERVICE} service, every command of it" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV PATH=/opt/broadsheet/bin:/usr/local/bin LANG=C.UTF-8 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 SERVICE=${SERVICE} RELEASE=${VERSION} \
    AUTH_STATIC_DIR=/opt/broadsheet/static BLOG_STATIC_DIR=/opt/broadsheet/static
USER 10001:10001
WORKDIR /tmp
STOPSIGNAL SIGTERM
ENTRYPOINT ["broadsheet"]
CMD ["web"]
