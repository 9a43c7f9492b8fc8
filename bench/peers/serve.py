"""The loop of a peer in Python: reads names of cases, answers with one line of JSON each (see ../peers.mjs)."""

import json
import sys
import time

TRIALS = 5


def serve(version, cases):
    """
    cases: by name a function that gives, by configuration ("eager", "channels_last, compiled"), a function that prepares the work
    and gives what runs it once. When a case is asked for the first time every configuration is tried in turn, and the
    fastest is kept: which one that is depends on the machine. What runs may give (loss, gradient): a number and a NumPy array.
    """
    kept = {}
    print(json.dumps({"version": version}), flush=True)
    for line in sys.stdin:
        name = line.strip()
        try:
            if name not in cases:
                raise KeyError("does not have this case")
            if name not in kept:
                kept[name] = fastest(name, cases[name]())
            configuration, run = kept[name]
            milliseconds, result = timed(run)
            answer = {"milliseconds": milliseconds, "configuration": configuration}
            if result is not None:
                loss, gradient = result
                answer |= {"loss": float(loss), "gradient": float(abs(gradient).mean())}
        except Exception as error:  # the others can continue without this one
            answer = {"cannot": str(error.args[0] if error.args else error).split("\n")[0]}
        print(json.dumps(answer), flush=True)


def timed(run):
    begin = time.perf_counter()
    result = run()
    return (time.perf_counter() - begin) * 1000, result


def fastest(name, configurations):
    runs, best = {}, {}
    for configuration, prepare in configurations.items():
        try:
            run = prepare()
            run()  # compiles
            run()
            runs[configuration], best[configuration] = run, float("inf")
        except Exception as error:
            if len(configurations) == 1:
                raise
            reason = str(error).strip().split("\n")[0]
            print(f"{name}, {configuration}: left out ({reason})", file=sys.stderr, flush=True)
    for _ in range(TRIALS):
        for configuration, run in runs.items():
            best[configuration] = min(best[configuration], timed(run)[0])
    tried = ", ".join(f"{configuration} {milliseconds:.1f}" for configuration, milliseconds in best.items())
    print(f"{name}: tried {tried}", file=sys.stderr, flush=True)
    chosen = min(best, key=best.get)
    return chosen, runs[chosen]
