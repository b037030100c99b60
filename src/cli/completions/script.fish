# Completes `NAME` in fish. At each Tab the program itself is asked, by the name that was typed, for only it knows its intents.
function __FUNCTION_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor)
    while string match --quiet --regex '^\w+=' -- $words[1]
        set --erase words[1]
    end
    set -l program $words[1]
    command --query $program
    or set program NAME
    # What the agent prints as it starts does not begin with a tab.
    $program completions fish -- $words (commandline --current-token --cut-at-cursor) 2>/dev/null </dev/null \
        | string replace --filter --regex '^\t' ''
end
complete --command NAME --no-files --keep-order --arguments '(__FUNCTION_complete)'
