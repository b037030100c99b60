welcome = Bonjour ! Que puis-je faire pour vous ?
not-understood = Pardon, je n'ai pas compris.
basket = { $count ->
    [0] Votre panier est vide.
    [one] Il y a { $count } article dans votre panier.
   *[other] Il y a { $count } articles dans votre panier.
}
    .more = Autre chose
