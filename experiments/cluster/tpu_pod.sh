#!/bin/bash
# Cloud TPU: ./tpu_pod.sh NAME ZONE gs://BUCKET [ARGUMENTS OF train.py]
#
# Makes a TPU slice if there is none of that name, puts this repository on its machines and starts the program on all of
# them.  The machines find each other by what Google's metadata server tells JAX.  Run it again after an interruption:
# the program goes on from the newest checkpoint.
set -euo pipefail

if [ "$#" -lt 3 ]; then
    echo "usage: $0 NAME ZONE gs://BUCKET [ARGUMENTS OF train.py]" >&2
    exit 2
fi
name=$1 zone=$2 bucket=$3
shift 3

accelerator="${ACCELERATOR:-v5litepod-64}" # 64 chips on 16 machines
version="${RUNTIME:-v2-alpha-tpuv5-lite}"

on_all_machines() {
    gcloud compute tpus tpu-vm ssh "$name" --zone="$zone" --worker=all --command="$1"
}

if ! gcloud compute tpus tpu-vm describe "$name" --zone="$zone" > /dev/null 2>&1; then
    # --spot is cheaper and may be taken away at any time, with a SIGTERM before.
    gcloud compute tpus tpu-vm create "$name" --zone="$zone" \
        --accelerator-type="$accelerator" --version="$version" --spot
fi

git archive --prefix=jaxcnn/ --output=/tmp/jaxcnn.tar.gz HEAD
gcloud compute tpus tpu-vm scp /tmp/jaxcnn.tar.gz "$name:/tmp/" --zone="$zone" --worker=all
on_all_machines "tar -xzf /tmp/jaxcnn.tar.gz -C ~ && pip install -q 'jax[tpu]' ~/jaxcnn"

# Checkpoints lie in a bucket that is mounted on every machine (gcsfuse), so that all of them see the same folder.
on_all_machines "mkdir -p ~/checkpoints && (mountpoint -q ~/checkpoints || gcsfuse --implicit-dirs '${bucket#gs://}' ~/checkpoints)"

# JAXCNN_JOB: nothing in the environment of these machines says that there are several.
# Quoted once more for the shell at the other end.
arguments=""
if [ "$#" -gt 0 ]; then
    arguments=$(printf '%q ' "$@")
fi
on_all_machines "cd ~/jaxcnn && JAXCNN_JOB=1 python3 experiments/cluster/train.py --checkpoints ~/checkpoints/mnist $arguments"
