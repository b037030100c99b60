# "When are you open?" in English, the language that every other falls back to.

open = We are open until { $until }.
closed = We are closed today.
    .chip = And tomorrow?
seats = { $free ->
    [0] No seat is free.
    [one] One seat is free.
   *[other] { $free } seats are free.
}
