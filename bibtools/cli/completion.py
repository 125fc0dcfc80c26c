"""`bibtools completion`: what a shell needs to complete a line of bibtools.

The scripts evaluate nothing of what they are told: values come one a line and are put into arrays.
"""

from __future__ import annotations

import contextlib

import click

from bibtools.cli import options

EPILOG = """\b
Examples:
  bibtools completion bash > ~/.local/share/bash-completion/completions/bibtools
  bibtools completion zsh > ~/.zfunc/_bibtools
  bibtools completion fish > ~/.config/fish/completions/bibtools.fish

The Tab key then completes commands, options and their values, files, citation keys (of
the .bib files on the line, else of those in the folder), and libraries and collections
of Zotero, as far as bibtools has a copy of them. Nobody is asked over the network.

For zsh the folder has to be in fpath before compinit runs. To try it in one bash:
`source <(bibtools completion bash)`.

Exit codes: 0 done, 2 wrong usage.
"""

_BASH = """\
# Completion of bibtools for bash, written by `bibtools completion bash`.
_bibtools() {
    local -a answer=()
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        answer+=("$line")
    done < <(command bibtools completion bash --answer -- \\
        "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    if [[ ${#answer[@]} -gt 1 ]]; then
        COMPREPLY=("${answer[@]:1}")
        if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]]; then
            compopt -o nospace 2>/dev/null
        fi
    elif [[ ${answer[0]-} == files ]]; then
        compopt -o default 2>/dev/null
    fi
}
complete -o nosort -F _bibtools bibtools 2>/dev/null || complete -F _bibtools bibtools
"""

_ZSH = """\
#compdef bibtools
# Completion of bibtools for zsh, written by `bibtools completion zsh`.
_bibtools() {
    local -a answer values shown
    local kind
    answer=("${(@f)$(command bibtools completion zsh --answer -- \\
        "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    kind="${answer[1]}"
    answer=("${(@)answer[2,-1]}")
    if (( ${#answer} )); then
        values=("${(@)answer%%$'\\t'*}")
        if [[ "${answer[1]}" == *$'\\t'* ]]; then
            shown=("${(@)answer/$'\\t'/  -- }")
            compadd -l -d shown -a -- values
        else
            compadd -a -- values
        fi
    fi
    if [[ "$kind" == files ]]; then
        [[ "$PREFIX" == --*=* ]] && compset -P 1 '*='
        _files
    fi
}
if [[ "${zsh_eval_context[-1]}" == loadautofunc ]]; then
    _bibtools "$@"
else
    compdef _bibtools bibtools
fi
"""

_FISH = """\
# Completion of bibtools for fish, written by `bibtools completion fish`.
function __bibtools_complete
    set -l now (commandline -ct)
    set -l before (commandline -opc)
    set -l answer (command bibtools completion fish --answer -- $before[2..-1] "$now" 2>/dev/null)
    if test (count $answer) -gt 1
        printf '%s\\n' $answer[2..-1]
    end
    if test "$answer[1]" = files
        set -l option (string match -r -- '^--[^=]*=' "$now")
        for path in (__fish_complete_path (string replace -r -- '^--[^=]*=' '' "$now"))
            printf '%s\\n' "$option$path"
        end
    end
end
complete -c bibtools -f -a '(__bibtools_complete)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("shell", metavar="bash|zsh|fish", type=click.Choice(list(SCRIPTS)))
@click.argument("words", metavar="", nargs=-1, type=click.UNPROCESSED)
@click.option("--answer", is_flag=True, hidden=True, help="What can stand behind the last word.")
def completion(shell: str, words: tuple[str, ...], *, answer: bool) -> None:
    """Print the script that lets SHELL complete lines of bibtools."""
    from bibtools.cli.screen import write_result

    if not answer:
        if words:
            raise click.UsageError("One shell at a time.")
        write_result(SCRIPTS[shell])
        return
    rows = ["plain"]
    # A key that is pressed is no place for a report of a fault.
    with contextlib.suppress(Exception):
        rows = _answer(shell, words)
    write_result("".join(f"{row}\n" for row in rows))


def _answer(shell: str, words: tuple[str, ...]) -> list[str]:
    """Whether files can stand there, then what else, a line each."""
    from bibtools.cli import completing

    if shell == "bash":
        line = completing.read_line(*(*words, "", "")[:2])
        found = completing.answer(line.words, line.word)
        rows = completing.for_bash(line, found)
    else:
        *before, word = words or ("",)
        if shell == "fish":
            # As it is written: fish says no more of the word at the cursor.
            word = completing.read_line(f"x {word}").word
        found = completing.answer(before, word)
        rows = [f"{value}\t{short}" if short else value for value, short in found.values]
    return ["files" if found.files else "plain", *rows]
