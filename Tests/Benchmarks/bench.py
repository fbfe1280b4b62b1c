#!/usr/bin/env python3
"""Prints the table of figures: goal and what is reached, row by row.

Times are minima of runs taken in turn, and ratios of such minima. What is compiled is kept in
.build/bench under names made from its content. APUS_TEST_DATA names the folder with
programs/programs.json."""
import argparse, os, sys
import exceptions, kernels, machine, programs, startup, translation
from table import Row, aligned

ROWS = {"programs": programs.rows, "kernels": kernels.rows, "vectors": kernels.vector_rows,
        "deterministic": kernels.deterministic_rows, "fuel": kernels.fuel_rows,
        "interruptible": kernels.interruptible_rows, "exceptions": exceptions.rows,
        "translate": translation.rows, "compile": translation.compile_rows, "start": startup.start_rows,
        "instance": startup.instance_rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--apus", default=os.path.join(machine.ROOT, ".build", "release", "apus"))
    parser.add_argument("--only", nargs="*", default=[], metavar="ROW",
                        help=f"of {', '.join(ROWS)}; names of kernels beside them choose among these")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="three runs")
    options = parser.parse_args()
    if options.quick:
        options.runs = 3
    bench = machine.Bench(options)
    chosen = [name for name in ROWS if name in options.only] or list(ROWS)
    bench.only = [name for name in options.only if name not in ROWS]
    table = [["what", "goal", "reached", "met"]]
    for name in chosen:
        try:
            found = ROWS[name](bench)
        except machine.Missing as error:
            found = [Row.skipped(name, "", str(error))]
        for row in found:
            if row.details:
                print(aligned(row.details) + "\n", flush=True)
            table.append(row.cells())
    print(aligned(table))
    return 0


if __name__ == "__main__":
    sys.exit(main())
