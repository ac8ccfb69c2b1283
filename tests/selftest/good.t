  $ echo osmosis
  osmosis
