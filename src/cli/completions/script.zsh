#compdef NAME
# Completes `NAME` in zsh. At each Tab the program itself is asked, by the name that was typed, for only it knows its intents.
_FUNCTION() {
    local line value help entry program=${${(Q)words[1]}/#\~\//$HOME/}
    (( $+commands[$program] )) || [[ -x $program ]] || program=NAME
    local -a whole open
    # What the agent prints as it starts does not begin with a tab.
    for line in "${(@f)$("$program" completions zsh -- "${(@)words[1,CURRENT-1]}" "$IPREFIX$QIPREFIX$PREFIX" 2> /dev/null < /dev/null)}"; do
        [[ $line == $'\t'* ]] || continue
        value=${${line#$'\t'}%%$'\t'*} help=${line##*$'\t'}
        entry=${${value//\\/\\\\}//:/\\:}
        [[ -n $help ]] && entry+=:$help
        if [[ $value == *[=/] ]]; then open+=("$entry"); else whole+=("$entry"); fi
    done
    local found=1
    (( $#whole )) && _describe -V NAME whole && found=0
    (( $#open )) && _describe -V NAME open -S '' && found=0
    return found
}
if [[ ${funcstack[1]} == _FUNCTION ]]; then
    _FUNCTION "$@"
else
    compdef _FUNCTION NAME
fi
