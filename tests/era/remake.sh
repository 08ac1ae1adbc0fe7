#!/bin/sh
# Makes the references again with the real Keras: remake.sh [GROUP ...]; ENVS names the folder of
# make_env.sh, PYTHON a Python with jaxcnn. About 25 minutes on two cores.
#   ERAS=k122 KERAS_BACKEND=theano remake.sh keras1     Keras 1 on Theano
set -eu
here=$(cd "$(dirname "$0")" && pwd)
envs=${ENVS:-$here/envs}
work=${WORK:-$(mktemp -d)}
tar -xJf "$here/reference/files.tar.xz" -C "$work"
"${PYTHON:-python3}" "$here/write_ours.py" "$work" # which the old Keras then reads
for era in ${ERAS:-k204 k224 k122}; do
    mkdir -p "$envs/$era/home"
    export THEANO_FLAGS="base_compiledir=$work/theano,optimizer=fast_compile"
    HOME=$envs/$era/home nice -n 10 "$envs/$era/bin/python" -W ignore "$here/run_old_keras.py" "$work" "$@"
done
(cd "$work" && tar -cJf "$here/reference/files.tar.xz" --owner=0 --group=0 --mtime=2026-01-01 --sort=name ./*/files)
