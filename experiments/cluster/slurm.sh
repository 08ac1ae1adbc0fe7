#!/bin/bash
# SLURM: sbatch slurm.sh [ARGUMENTS OF train.py]
#
# JAX learns from SLURM's variables which processes there are; the program needs no address and no rank.

#SBATCH --job-name=mnist
#SBATCH --nodes=4
# One process a GPU: JAX gives each process the GPU with its number on the machine.  Without GPUs: one a machine.
#SBATCH --ntasks-per-node=8
#SBATCH --gpus-per-node=8
#SBATCH --cpus-per-task=12
#SBATCH --time=04:00:00
# SIGTERM to the program two minutes before the time is up, so that it saves; SLURM sends one as well where the job is
# preempted, if the partition gives it time (GraceTime).
#SBATCH --signal=TERM@120
# May be put back into the queue; one log for all its lives.
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=%x-%j.log

set -uo pipefail

# A folder that all machines see; a requeued job keeps its number and so its folder.
checkpoints="${CHECKPOINTS:-$SLURM_SUBMIT_DIR/runs/$SLURM_JOB_NAME-$SLURM_JOB_ID}"
mkdir -p "$checkpoints"

# --kill-on-bad-exit: where one process dies the others are ended at once instead of waiting for it.
# --label: the number of the process in front of what it prints.
srun --kill-on-bad-exit=1 --label \
    python "$SLURM_SUBMIT_DIR/experiments/cluster/train.py" --checkpoints "$checkpoints" "$@"
status=$?

# 75: asked to end, state saved.  srun may report the signal instead where SLURM ended the step itself.
if [ "$status" -eq 75 ] || [ "$status" -eq 143 ]; then
    scontrol requeue "$SLURM_JOB_ID"
fi
exit "$status"
