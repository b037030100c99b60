# Les mots du génie des nombres.

welcome = Je pense à un nombre de 0 à { $highest }. Lequel ?
again = J'en ai un autre, de 0 à { $highest }. Lequel ?
linked = Voyons voir { $guess }.
no-such-number = Je n'en sais rien, mais je pense à un nombre de 0 à { $highest }. Lequel ?
higher = Plus grand que { $guess } !
lower = Plus petit que { $guess } !
close = Vous brûlez.
same = Vous venez de dire { $guess }.
outside = Seulement des nombres entiers de 0 à { $highest }, s'il vous plaît.
won = { $tries ->
    [one] C'est { $answer }, du premier coup ! Une autre partie ?
   *[other] C'est { $answer }, après { $tries } essais. Une autre partie ?
}
yes = Oui
no = Non
no-game = Nous ne jouons pas. On joue ?
not-understood = Je n'ai pas compris. Un nombre de 0 à { $highest } ?
yes-or-no = Oui ou non ?
done = On arrête ?
go-on = Alors, lequel ?
told = C'était { $answer }. À la prochaine !
goodbye = À la prochaine !
silence = Vous êtes là ?
