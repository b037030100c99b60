welcome = Bonjour, bienvenue ! Que puis-je faire pour vous ?
