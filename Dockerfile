# jaxcnn for a GPU of NVIDIA, or with `--build-arg EXTRAS=sample` for the CPU:
#
#     docker build -t jaxcnn . && docker run --gpus all jaxcnn doctor
FROM python:3.12-slim-bookworm AS build
ARG EXTRAS=cuda,sample
# Packages of the system are not pinned, so that an image made anew has their security fixes.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends g++ \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /sources
COPY . .
RUN python -m venv /environment && /environment/bin/pip install --no-cache-dir ".[${EXTRAS}]"

FROM python:3.12-slim-bookworm
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 user
COPY --from=build /environment /environment
ENV PATH=/environment/bin:$PATH
USER 1000
WORKDIR /home/user
ENTRYPOINT ["jaxcnn"]
CMD ["doctor"]
