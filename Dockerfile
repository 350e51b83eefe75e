# docker build -t reletan .
# docker run --rm -it --user "$(id -u):$(id -g)" -v "$PWD:/repo" -e GH_TOKEN reletan list
FROM python:3.13-slim AS build
COPY pyproject.toml README.md LICENSE /src/
COPY reletan /src/reletan
COPY templates /src/templates
RUN python -m venv /opt/reletan && /opt/reletan/bin/pip install --no-cache-dir --disable-pip-version-check /src

FROM python:3.13-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/reletan /opt/reletan
# /repo belongs to whoever mounted it, and git pushes to github.com with the token that reletan has
RUN ln -s /opt/reletan/bin/reletan /usr/local/bin/reletan \
    && git config --system --add safe.directory /repo \
    && git config --system credential.https://github.com.helper '!f() { test "$1" = get && test -n "${GH_TOKEN:-$GITHUB_TOKEN}" && echo username=x-access-token && echo "password=${GH_TOKEN:-$GITHUB_TOKEN}"; }; f' \
    && useradd --create-home reletan
USER reletan
WORKDIR /repo
ENTRYPOINT ["reletan"]
