#!/usr/bin/env bash
# A real Slurm on one machine, for tests: slurmctld, several slurmd, own munge, no accounting database. Everything it writes lies in one folder.
#   slurm-test-cluster.sh start [DIR]   begins what does not run yet and waits until all nodes are idle; prints the SLURM_CONF to export
#   slurm-test-cluster.sh stop [DIR]    ends its jobs and daemons and takes DIR away
#   slurm-test-cluster.sh install       apt-get install of the packages, where root and a mirror are there
# Without the programs, start ends with 77 and says which is missing. NODES (3) and CPUS (2) may be set.
set -euo pipefail
dir=${2:-${TMPDIR:-/tmp}/slurm-test-cluster}
nodes=${NODES:-3}
cpus=${CPUS:-2}
port=${PORT:-17817}
export SLURM_CONF=$dir/slurm.conf PATH=$PATH:/usr/sbin:/sbin

install() {
  if [ "$(id -u)" -ne 0 ]; then echo "not root: install slurmctld slurmd slurm-client munge yourself" >&2; exit 77; fi
  local packages="slurmctld slurmd slurm-client munge"
  export DEBIAN_FRONTEND=noninteractive
  timeout 240 apt-get -o DPkg::Lock::Timeout=200 install -y -qq --no-install-recommends $packages > /dev/null 2>&1 && return
  timeout 120 apt-get update -qq > /dev/null 2>&1 || true
  timeout 240 apt-get -o DPkg::Lock::Timeout=200 install -y -qq --no-install-recommends $packages > /dev/null 2>&1 && return
  echo "the packages $packages could not be installed" >&2
  exit 77
}

needs() {
  for program in slurmctld slurmd sbatch squeue scancel scontrol munged; do
    command -v "$program" > /dev/null || { echo "$program is not here: $0 install" >&2; exit 77; }
  done
  if [ "$(id -u)" -ne 0 ]; then echo "slurmd wants root to start jobs: run as root" >&2; exit 77; fi
}

configure() {
  mkdir -p "$dir"/{state,log}
  chmod 755 "$dir"
  [ -s "$dir/munge.key" ] || { head -c 1024 /dev/urandom > "$dir/munge.key"; chmod 600 "$dir/munge.key"; }
  local host
  host=$(hostname -s)
  cat > "$dir/slurm.conf" <<EOF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU=256
GresTypes=gpu
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1,sched_min_interval=200000
PreemptType=preempt/partition_prio
PreemptMode=CANCEL
MpiDefault=none
ReturnToService=2
KillWait=2
SlurmdTimeout=6
InactiveLimit=0
MinJobAge=300
MaxArraySize=1001
MaxJobCount=20000
JobRequeue=1
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd-%n.pid
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool-%n
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
SlurmctldDebug=info
SlurmdDebug=info
EOF
  for i in $(seq "$nodes"); do
    echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + i)) CPUs=$cpus RealMemory=2000 Gres=gpu:1 State=UNKNOWN" >> "$dir/slurm.conf"
    mkdir -p "$dir/spool-n$i"
  done
  cat >> "$dir/slurm.conf" <<EOF
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes=ALL Default=NO MaxTime=INFINITE State=UP PriorityTier=10
EOF
  echo "NodeName=n[1-$nodes] Name=gpu File=/dev/null" > "$dir/gres.conf"
}

runs() { [ -s "$1" ] && kill -0 "$(cat "$1")" 2> /dev/null; }

start() {
  needs
  [ -s "$dir/slurm.conf" ] || configure
  runs "$dir/munged.pid" || munged --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" \
    --log-file="$dir/log/munged.log" --seed-file="$dir/munge.seed"
  runs "$dir/slurmctld.pid" || slurmctld -f "$dir/slurm.conf"
  for i in $(seq "$nodes"); do
    runs "$dir/slurmd-n$i.pid" || slurmd -f "$dir/slurm.conf" -N "n$i"
  done
  for _ in $(seq 150); do
    [ "$(sinfo -h -N -p main -t idle,mixed,alloc -o %N 2> /dev/null | sort -u | wc -l)" -ge "$nodes" ] && { echo "SLURM_CONF=$dir/slurm.conf"; return; }
    sleep 0.2
  done
  echo "the nodes did not come up; see $dir/log" >&2
  sinfo >&2 || true
  exit 1
}

stop() {
  [ -d "$dir" ] || return 0
  timeout 20 scancel --user="$(id -un)" > /dev/null 2>&1 || true
  sleep 1
  local pids=()
  for file in "$dir"/slurmd-*.pid "$dir"/slurmctld.pid "$dir"/munged.pid; do
    if runs "$file"; then pids+=("$(cat "$file")"); fi
  done
  kill "${pids[@]}" 2> /dev/null || true
  for _ in $(seq 25); do kill -0 "${pids[@]}" 2> /dev/null || break; sleep 0.2; done
  kill -9 "${pids[@]}" 2> /dev/null || true
  rm -rf "$dir"
}

case "${1:-}" in
  install) install ;;
  start) start ;;
  stop) stop ;;
  *) sed -n 2,6p "$0" >&2; exit 2 ;;
esac
