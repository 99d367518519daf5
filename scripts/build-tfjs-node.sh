#!/usr/bin/env bash
# Opt-in: builds @tensorflow/tfjs-node's native addon from PyPI's TensorFlow wheel where its prebuilt binary cannot be downloaded.
# Needs python3 with pip, a C++ compiler and Node's headers; takes about 2 minutes and 0.6 GB. The default run never needs it.
# usage: scripts/build-tfjs-node.sh   (afterwards: train.backend = tensorflow)
set -euo pipefail
cd "$(dirname "$0")/.."
version=4.22.0
tensorflow=2.15.1
package=node_modules/@tensorflow/tfjs-node
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ -d "$package" ] || npm install --no-save --ignore-scripts --no-audit --no-fund "@tensorflow/tfjs-node@$version"
python3 -m pip download -q --no-deps --only-binary=:all: --python-version 3.11 -d "$work" "tensorflow-cpu==$tensorflow"
python3 - "$work" "$package/deps" <<'PY'
import glob, os, shutil, sys, zipfile
work, deps = sys.argv[1:]
headers = ["tensorflow/c/" + n for n in ("c_api.h", "c_api_macros.h", "tf_attrtype.h", "tf_buffer.h", "tf_datatype.h", "tf_status.h", "tf_tensor.h", "tf_tstring.h", "eager/c_api.h")]
headers += ["tensorflow/core/platform/ctstring.h", "tensorflow/core/platform/ctstring_internal.h", "tsl/c/tsl_status.h", "tsl/platform/ctstring.h", "tsl/platform/ctstring_internal.h"]
lib = os.path.join(deps, "lib")
shutil.rmtree(deps, ignore_errors=True)
os.makedirs(lib)
with zipfile.ZipFile(glob.glob(work + "/*.whl")[0]) as wheel:
    for header in headers:
        target = os.path.join(deps, "include", header)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with wheel.open("tensorflow/include/" + header) as source, open(target, "wb") as out:
            shutil.copyfileobj(source, out)
    for name, target in (("libtensorflow_cc.so.2", "libtensorflow.so.2.9.1"), ("libtensorflow_framework.so.2", "libtensorflow_framework.so.2")):
        with wheel.open("tensorflow/" + name) as source, open(os.path.join(lib, target), "wb") as out:
            shutil.copyfileobj(source, out)
for link, target in (("libtensorflow.so", "libtensorflow.so.2.9.1"), ("libtensorflow.so.2", "libtensorflow.so.2.9.1"), ("libtensorflow_cc.so.2", "libtensorflow.so.2.9.1"), ("libtensorflow_framework.so", "libtensorflow_framework.so.2")):
    os.symlink(target, os.path.join(lib, link))
PY
prefix=$(node -p 'require("node:path").dirname(require("node:path").dirname(process.execPath))')
(cd "$package" && npm_config_nodedir="${npm_config_nodedir:-$prefix}" npx --no-install node-pre-gyp install --build-from-source)
node -e 'globalThis.process.env.TF_CPP_MIN_LOG_LEVEL="2"; const tf = require("@tensorflow/tfjs-node"); tf.ready().then(() => console.log(`backend ${tf.getBackend()}, tfjs ${tf.version_core}: ${tf.tensor([1, 2]).dot(tf.tensor([3, 4])).dataSync()[0]} = 11`))'
