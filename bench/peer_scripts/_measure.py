"""Runs in the peers' environment: one peer script over the arrays of a file, timed."""

import importlib
import json
import sys
import time
from pathlib import Path

import numpy as np


def main(script: str, given: str, made: str, repeat: str) -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    module = importlib.import_module(script)
    with np.load(given) as stored:
        arrays = {name: stored[name] for name in stored.files}
    if hasattr(module, "prepare"):
        work = module.prepare(**arrays)
    else:

        def work() -> dict:
            return module.run(**arrays)

    outputs = work()
    seconds = []
    for _ in range(int(repeat)):
        began = time.perf_counter()
        outputs = work()
        seconds.append(time.perf_counter() - began)
    np.savez(made, **outputs)
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
