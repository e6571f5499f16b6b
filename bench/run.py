"""The bench: each scenario, with each program in turn, in a private network. See README.md."""

import argparse
import json
import os
import platform
import subprocess
import sys

import namespace
import netcats
import report
from crowds import all_crowds
from scenarios import Failure, Scenario, all_scenarios
from stage import MIB, Stage, filesystem, folder_for
from tls import all_tls
from watchers import all_watchers

HERE = os.path.dirname(os.path.abspath(__file__))


def everything(quick: bool) -> list[Scenario]:
    return [*all_scenarios(quick), *all_crowds(quick), *all_watchers(), *all_tls(quick)]


DEFAULT_PROGRAM = os.path.join(os.path.dirname(HERE), "target", "release", "nc")


def options(names: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run", description="Measures nc beside the other netcats.")
    parser.add_argument("program", nargs="?", help="our nc (default: $NC, then target/release/nc)")
    parser.add_argument("--quick", action="store_true", help="small and few, to see that it works; under a minute")
    parser.add_argument("--only", metavar="SCENARIO", action="append", choices=names,
                        help=f"this scenario alone (may be repeated): {', '.join(names)}")
    parser.add_argument("--programs", metavar="NAME,...", help="these rows alone; the limit is always there")
    parser.add_argument("--beside", metavar="NAME=FILE", action="append", default=[],
                        help="another build of ours, as a row of that name (may be repeated)")
    parser.add_argument("--rounds", type=int, metavar="N", help="runs of each program (5; quick: 3)")
    parser.add_argument("--size", type=int, metavar="MIB", help="bytes of a transfer (512; quick: 64)")
    parser.add_argument("--spread", action="store_true", help="leave the choice of processors to the kernel")
    parser.add_argument("--json", metavar="FILE", help="write every run there too")
    asked = parser.parse_args()
    asked.rounds = asked.rounds or (3 if asked.quick else 5)
    asked.size = asked.size or (64 if asked.quick else 512)
    if asked.rounds < 1 or asked.size < 1:
        parser.error("--rounds and --size are at least 1")
    asked.beside = dict(row.split("=", 1) for row in asked.beside if "=" in row)
    given = asked.program or os.environ.get("NC")
    if given and not os.access(given, os.X_OK):
        parser.error(f"{given}: no such program")
    asked.program = given or DEFAULT_PROGRAM
    return asked


def runs_in_turn(scenario: Scenario, stage: Stage, programs: list[netcats.Netcat], rounds: int) -> dict:
    """A B C A B C ...: what disturbs the machine for a while disturbs all of them."""
    rounds = 1 if scenario.once_is_enough else rounds * scenario.times
    outcomes = {program.name: [] for program in programs}
    if not scenario.once_is_enough:
        scenario.play(stage, programs[0], scenario.role)  # memory that was never touched is slow the first time
    for _ in range(rounds):
        for program in programs:
            # A program that failed would only fail again, and that can take the whole time limit.
            if not any(isinstance(outcome, Failure) for outcome in outcomes[program.name]):
                outcomes[program.name].append(scenario.play(stage, program, scenario.role))
    return outcomes


def main() -> int:
    names = [scenario.name for scenario in everything(quick=False)]
    asked = options(names)
    why = namespace.obstacle()
    if why:
        print(f"skipped: {why}")
        return 0
    if not namespace.inside():
        namespace.enter(sys.argv)
    try:
        congestion = namespace.furnish()
    except (OSError, subprocess.CalledProcessError) as trouble:
        print(f"skipped: the private network cannot be set up: {trouble}")
        return 0
    if not asked.spread:
        # Inherited by all. Which of two processors wakes which is otherwise most of what a pipe's figure says.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    os.environ.pop("NC_DIALECT", None)

    with folder_for(asked.size * MIB) as folder:
        stage = Stage(folder, asked.size * MIB, limit_s=30 + asked.size // 20)
        stage.build(HERE)
        programs, missing = netcats.installed(asked.program, asked.beside, stage.tools)
        if asked.programs:
            wanted = {netcats.LIMIT, *asked.programs.split(",")}
            unknown = wanted - {program.name for program in programs}
            if unknown:
                print(f"bench: not there: {', '.join(sorted(unknown))}", file=sys.stderr)
                return 2
            programs = [program for program in programs if program.name in wanted]
        about = {
            "kernel": platform.release(),
            "processors": os.cpu_count(),
            "spread": asked.spread,
            "congestion_control": congestion,
            "files_on": filesystem(folder),
            "size_mib": asked.size,
            "rounds": asked.rounds,
            "quick": asked.quick,
            "programs": {program.name: program.program for program in programs},
            "missing": missing,
        }
        used = "spread over" if asked.spread else "all on one of"
        print(f"Linux {about['kernel']}, {used} {about['processors']} processors, {congestion}, files on "
              f"{about['files_on']}; {asked.size} MiB a transfer, {asked.rounds} rounds, medians; "
              f"ratio: to the {netcats.LIMIT}")
        for name in missing:
            print(f"not there: {name}")
        results = []
        ours_failed = False
        for scenario in everything(asked.quick):
            if asked.only and scenario.name not in asked.only:
                continue
            able = [program for program in programs if program.can(scenario.role)]
            without = [program.name for program in programs if program.can("exchange") and program not in able
                       and netcats.LIMIT != program.name and scenario.against != netcats.OURS]
            lines = report.rows(scenario, runs_in_turn(scenario, stage, able, asked.rounds))
            print("\n" + report.table(scenario, lines, without), flush=True)
            results.append(report.as_json(scenario, lines, without))
            ours_failed |= any(line.failure and line.program in {netcats.OURS, *netcats.WATCHERS} for line in lines)
    if asked.json:
        with open(asked.json, "w", encoding="utf-8") as file:
            json.dump({**about, "scenarios": results}, file, indent=1)
            file.write("\n")
    return 1 if ours_failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, RuntimeError, subprocess.CalledProcessError) as trouble:
        print(f"bench: {trouble}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
