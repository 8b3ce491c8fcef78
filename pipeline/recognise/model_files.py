"""A model of this project's own kind as files: checked before they are read, run without training.

A model is a folder: ``model.onnx`` (pieces in, numbers out), ``tokenizer.json`` (words to pieces)
and ``meta.json`` (format, sizes and digests of the files, and what the model needs to be read).
Loading reads JSON and ONNX and executes nothing.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.recognise import ModelError

MODEL = "model.onnx"
TOKENIZER = "tokenizer.json"
META = "meta.json"


def described(folder: Path, format_: int) -> dict[str, Any]:
    """What ``meta.json`` in ``folder`` says, which must be of ``format_``.

    Raises ``ModelError`` when there is no such file or it is of another format, ``KeyError``,
    ``TypeError`` or ``ValueError`` when it is no description at all.
    """
    path = folder / META
    try:
        meta = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(
            f"{folder}: no model here ({META}: {error.strerror}); install selaras again or "
            "train one with 'selaras train'"
        ) from error
    if meta["format"] != format_:
        raise ModelError(
            f"{path}: a model of format {meta['format']}, but this version of selaras "
            f"reads format {format_}; install matching versions"
        )
    return dict(meta)


def checked(folder: Path, name: str, said: dict[str, Any]) -> Path:
    """The path of the file ``name`` of the model in ``folder``, which is as ``said`` describes it.

    ``said`` may name a file outside the folder (``path``, relative to it).
    Raises ``ModelError`` when it is missing, cut short or another.
    """
    path = folder / str(said.get("path", name))
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{path}: the model file cannot be read ({error.strerror}); install selaras again"
        ) from error
    if len(raw) != said["bytes"]:
        raise ModelError(
            f"{path}: {len(raw):,} bytes instead of {said['bytes']:,}; the file is cut short or "
            "of another version; install selaras again"
        )
    if hashlib.sha256(raw).hexdigest() != said["sha256"]:
        raise ModelError(f"{path}: not the file that {META} describes; install selaras again")
    return path.resolve()


@cache
def load(model: Path, tokenizer: Path, threads: int) -> tuple[Any, Any]:
    """The session that runs ``model`` on ``threads``, and the tokeniser; held in memory once.

    Raises ``ModelError`` when a file cannot be used.
    """
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Texts have many sizes: memory kept for each of them would only grow.
    options.enable_mem_pattern = False
    try:
        # The node that adds and normalises at once takes six times as long as one for each.
        session = onnxruntime.InferenceSession(
            str(model),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],
        )
        return session, Tokenizer.from_file(str(tokenizer))
    except Exception as error:  # both libraries raise plain exceptions of many kinds
        raise ModelError(
            f"{model.parent}: the model cannot be loaded ({str(error).splitlines()[0]})"
        ) from error
