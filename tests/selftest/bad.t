  $ echo osmosis
  osmossi
