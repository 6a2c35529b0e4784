"""``ukdrivers completion``: what makes a shell complete verbs, options, drivers and nodes."""

from __future__ import annotations

from ukdrivers.cli.parser import Parser

__all__ = ["run"]

EXAMPLES = """
# complete in this shell
$ ukdrivers completion bash > ~/.ukdrivers-completion; . ~/.ukdrivers-completion
# complete in every shell from now on
$ ukdrivers completion bash > ~/.local/share/bash-completion/completions/ukdrivers
$ ukdrivers completion zsh > "${fpath[1]}/_ukdrivers"
$ ukdrivers completion fish > ~/.config/fish/completions/ukdrivers.fish
"""
SCRIPTS = {
    "bash": """\
_ukdrivers() {
    mapfile -t COMPREPLY < <(
        ukdrivers complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null
    )
}
complete -o bashdefault -o default -F _ukdrivers ukdrivers
""",
    "fish": """\
function __ukdrivers_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (ukdrivers complete $words[2..-1] 2>/dev/null)
    if count $found >/dev/null
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c ukdrivers -f -a '(__ukdrivers_complete)'
""",
    "zsh": """\
#compdef ukdrivers
_ukdrivers() {
    local -a found
    found=(${(f)"$(ukdrivers complete "${(@)words[2,CURRENT]}" 2>/dev/null)"})
    if (( $#found )); then
        compadd -a found
    else
        _files
    fi
}
if [[ $funcstack[1] == _ukdrivers ]]; then
    _ukdrivers "$@"
else
    compdef _ukdrivers ukdrivers
fi
""",
}


def run(arguments: list[str]) -> int:
    """Print one shell's script."""
    what = "Print a script that makes a shell complete verbs, options, drivers and nodes."
    parser = Parser("completion", what=what, examples=EXAMPLES)
    parser.add_argument("shell", choices=sorted(SCRIPTS), help="what the script is for")
    print(SCRIPTS[parser.parse_args(arguments).shell], end="")
    return 0
