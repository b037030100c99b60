# The number genie's words. The player's side of the conversations knows `higher` and `lower` by their first words.

welcome = I think of a number from 0 to { $highest }. What is your guess?
again = I have a new one, from 0 to { $highest }. What is your guess?
linked = Let us see about { $guess }.
no-such-number = I know nothing about that, but I think of a number from 0 to { $highest }. What is your guess?
higher = Higher than { $guess }!
lower = Lower than { $guess }!
close = You are very near.
same = You said { $guess } just now.
outside = Only whole numbers from 0 to { $highest }, please.
won = { $tries ->
    [one] It is { $answer }, at the first guess! Another game?
   *[other] It is { $answer }, after { $tries } guesses. Another game?
}
yes = Yes
no = No
no-game = We are not playing. Shall we?
not-understood = I did not get that. Guess a number from 0 to { $highest }.
yes-or-no = Yes or no?
done = Shall we stop?
go-on = Then what is your guess?
told = It was { $answer }. Until next time!
goodbye = Until next time!
silence = Are you still there?
