welcome = Hello! How can I help?
not-understood = Sorry, I did not get that.
basket = { $count ->
    [0] Your basket is empty.
    [one] There is one thing in your basket.
   *[other] There are { $count } things in your basket.
}
    .more = Something else
only-here = We deliver within the city.
