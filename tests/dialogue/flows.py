"""Small flows that the engine's tests talk to."""

BOOK = """
flow: book_table
about: The caller wants to book a table.
steps:
  - say: Hello, this is Bella.
  - ask: [party_size, date, time]
  - do: check_availability
    with: [party_size, date, time]
    save_as: table
    meanwhile: One moment, I'm looking at the book.
    if_it_fails:
      - say: I can't reach our system.
      - handoff: System down
  - ask: [name]
  - confirm: So a table for {{ party_size }} on {{ date }} at {{ time }}, under {{ name }}. Shall I book it?
  - do: make_booking
    with: [party_size, date, time, name]
    save_as: booking
    if_it_fails:
      - handoff: Booking failed
  - say: You're booked. Your reference is {{ booking.reference | spell }}.
  - end: booked
slots:
  party_size:
    type: number
    ask: For how many people?
    rules:
      - must: party_size >= 1
        otherwise: A table needs at least one person. How many will you be?
      - must: party_size <= 10
        otherwise:
          - say: For more than ten our events team will help you.
          - handoff: Large group
  date:
    type: date
    ask: For which day?
    rules:
      - must: date >= today
        otherwise: "{{ date }} is already past. Which day would you like?"
  time:
    type: time
    ask: At what time?
    rules:
      - must: time.hour >= 17 and time.hour < 22
        otherwise: The kitchen is open from five to ten. What time would you like?
  name:
    type: name
    ask: What name shall I put it under?
anytime:
  - caller_asks: where to park
    say: There's free parking behind the restaurant.
defaults:
  silence_after: 6 seconds
  if_silent:
    - say: Are you still there?
    - say: I can't hear you.
    - handoff: The caller went silent
  if_not_understood:
    - say: Sorry, I didn't get that.
    - say: I'm still not getting it. Could you say it another way?
    - handoff: Not understood three times
"""

PHONE = """
flow: call_back
steps:
  - ask: [phone]
  - confirm: Shall we call you back about {{ topic }}?
  - do: note_call
    with: [phone, topic]
  - say: Thank you.
slots:
  topic:
    type: text
    ask: What is it about?
  phone:
    type: phone
    ask: Which number can we reach you at?
    suggest: caller.number
    read_back: always
    private: true
    optional: true
    if_not_understood:
      - say: Could you say the number again, digit by digit?
      - skip
""".replace("- ask: [phone]", "- ask: [topic, phone]")

ALTERNATIVES = """
flow: book_table
steps:
  - ask: [party_size, time]
  - do: check
    with: [party_size, time]
    save_as: table
  - when: table.status == "full"
    steps:
      - offer: table.alternatives
        into: [time]
        say: We're full then, but I could do {{ choices }}. Would any of those suit you?
        if_none_suit:
          - ask_again: [time]
            say: Which other time could you do?
            at_most: 2 times
            then:
              - handoff: No suitable table
  - ask: [name]
  - confirm: A table for {{ party_size }} at {{ time }}, under {{ name }}. Shall I book it?
  - do: book
    with: [party_size, time, name]
  - say: You're booked.
slots:
  party_size:
    type: number
    ask: For how many people?
  time:
    type: time
    ask: At what time?
    rules:
      - must: time.hour >= 17
        otherwise: We open at five. What time would you like?
  name:
    type: name
    ask: What name shall I put it under?
"""

DELIVERY = """
flow: order
steps:
  - ask: [kind]
  - when: kind == "delivery"
    steps:
      - ask: [address]
  - do: quote
    with:
      kind: kind
      address: address
    save_as: quote
  - confirm: That's {{ kind }}{% if address %} to {{ address }}{% endif %}, for {{ quote.total }} dollars. Shall I order?
  - do: order
    with:
      kind: kind
      address: address
  - say: Thank you.
slots:
  kind:
    type: choice
    ask: Delivery or pick-up?
    choices: [delivery, pickup]
  address:
    type: text
    ask: Which address?
"""
