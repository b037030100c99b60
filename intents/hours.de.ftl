# "Wann habt ihr offen?" auf Deutsch.

open = Wir haben bis { $until } Uhr offen.
closed = Heute haben wir geschlossen.
    .chip = Und morgen?
seats = { $free ->
    [0] Es ist kein Platz frei.
    [one] Ein Platz ist frei.
   *[other] { $free } Plätze sind frei.
}
