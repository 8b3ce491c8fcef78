"""``selaras completion``."""

from __future__ import annotations

import click

PROGRAM = "selaras"


@click.command(
    "completion",
    short_help="Print what makes the Tab key complete, for bash, zsh or fish.",
    epilog="""\b
To have it in every new shell:
  bash   mkdir -p ~/.local/share/bash-completion/completions &&
           selaras completion bash \\
           > ~/.local/share/bash-completion/completions/selaras
         (needs the package bash-completion; without it, append to ~/.bashrc
         the line:  eval "$(selaras completion bash)")
  zsh    mkdir -p ~/.zfunc && selaras completion zsh > ~/.zfunc/_selaras
         with these lines in ~/.zshrc:
           fpath+=~/.zfunc
           autoload -Uz compinit && compinit
  fish   mkdir -p ~/.config/fish/completions &&
           selaras completion fish > ~/.config/fish/completions/selaras.fish

\b
Example, to try it in this bash:
  eval "$(selaras completion bash)"
""",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print what makes the Tab key of SHELL complete commands of selaras.

    Then Tab completes commands, options and their choices, files and folders, the formats of export
    and, behind show OUT and explain OUT, ids of these results.
    """
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    if found is None:  # as ``Choice`` has it, click knows them all
        raise click.UsageError(f"no completion for {shell}")
    variable = f"_{PROGRAM.upper()}_COMPLETE"
    script = found(context.find_root().command, {}, PROGRAM, variable).source()
    # A list joined by commas is one word: fish is told to part it from its type alone.
    click.echo(script.replace('string split ","', 'string split --max 1 ","'))
