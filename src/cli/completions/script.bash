# Completes `NAME` in bash. At each Tab the program itself is asked, by the name that was typed, for only it knows its intents.
_FUNCTION() {
    local line program=${1/#\~\//"$HOME"/}
    type -P -- "$program" > /dev/null || program=NAME
    COMPREPLY=()
    # What the agent prints as it starts does not begin with a tab.
    while IFS= read -r line; do
        [[ $line == $'\t'* ]] && COMPREPLY+=("${line#$'\t'}")
    done < <("$program" completions bash -- "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2> /dev/null < /dev/null)
    if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace 2> /dev/null
    fi
}
complete -o nosort -F _FUNCTION NAME 2> /dev/null || complete -F _FUNCTION NAME
