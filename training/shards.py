"""Trained runs as a few files that travel: weights in float16, in a tar cut into pieces of at most 16 MiB.

python shards.py pack imagenet-64 imagenet-64-weak --out FOLDER
python shards.py unpack FOLDER       # into runs/; train.py --start continues from such weights
"""

import argparse
import io
import tarfile
from pathlib import Path

import torch

PIECE, PIECES = 16 * 2**20, 8
# What of a run is packed: its networks, and what was written about them.
NETWORKS, RECORDS = ("ema.pt", "weak.pt", "classifier.pt"), ("log.csv", "quality.json", "memorisation.json")


def halved(path: Path) -> bytes:
    """A file of weights, those in float32 rounded to float16."""
    about = torch.load(path, weights_only=False, map_location="cpu")
    about["ema"] = {k: v.half() if v.dtype == torch.float32 else v for k, v in about["ema"].items()}
    out = io.BytesIO()
    torch.save(about, out)
    return out.getvalue()


def pack(runs: list[Path], out: Path, piece: int = PIECE) -> list[Path]:
    """Writes weights.tar.00 … into `out`; the pieces written."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in (run / name for run in runs for name in NETWORKS + RECORDS):
            if path.exists():
                raw = halved(path) if path.name in NETWORKS else path.read_bytes()
                entry = tarfile.TarInfo(f"{path.parent.name}/{path.name}")
                entry.size = len(raw)
                archive.addfile(entry, io.BytesIO(raw))
    raw = buffer.getvalue()
    if len(raw) > PIECES * piece:
        raise ValueError(f"{out}: needs at most {PIECES} pieces of {piece:,} bytes, got {len(raw):,} bytes")
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("weights.tar.*"):
        old.unlink()
    written = []
    for i in range(0, len(raw), piece):
        written.append(out / f"weights.tar.{i // piece:02}")
        written[-1].write_bytes(raw[i : i + piece])
    return written


def unpack(folder: Path, runs: Path) -> list[str]:
    """The files of the pieces in `folder`, written below `runs`."""
    pieces = sorted(folder.glob("weights.tar.*"))
    if not pieces:
        raise FileNotFoundError(f"{folder}: needs weights.tar.00 …, found none")
    with tarfile.open(fileobj=io.BytesIO(b"".join(p.read_bytes() for p in pieces))) as archive:
        archive.extractall(runs, filter="data")
        return archive.getnames()


if __name__ == "__main__":
    from trainer import RUNS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    packing, unpacking = commands.add_parser("pack"), commands.add_parser("unpack")
    packing.add_argument("runs", nargs="+", help="folders under runs/")
    packing.add_argument("--out", type=Path, required=True)
    unpacking.add_argument("folder", type=Path)
    args = parser.parse_args()
    done = pack([RUNS / r for r in args.runs], args.out) if args.command == "pack" else unpack(args.folder, RUNS)
    print("\n".join(map(str, done)))
