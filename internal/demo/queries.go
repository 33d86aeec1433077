package demo

// What the examples ask, formatted as it stands in the editor.
const (
	queueQuery = `query WorkQueue {
  now
  deadlines(first: 10, filter: { obligor: [MERCHANT] }) {
    totalCount
    nodes {
      kind
      risk
      dueAt
      why
      case {
        number
        statusLabel
        priority
        customer { name }
        assignee { name }
        escalatedTo { name }
        allowedActions
      }
    }
  }
}
`

	optionsQuery = `query Options($order: String!) {
  now
  order(number: $order) {
    number
    total { amount currency }
    lines {
      title
      quantity
      returnableQuantity
      deliveredAt
      paid { amount currency }
      afterSalesOptions {
        remedy
        possible
        until
        lastDay
        wouldRefund { amount currency }
        blockers { code message }
        note
        promises { kind length unit dueAt }
      }
    }
  }
}
`

	ownCaseQuery = `query MyReturn($id: ID!) {
  return(id: $id) {
    number
    statusLabel
    outcome
    openedAt
    closedAt
    items { orderLine { title } quantity acceptedQuantity }
    refunds { amount { amount currency } state creditedAt reference }
    deadlines {
      kind
      state
      promisedDueAt
      dueAt
      metAt
      breachedAt
      why
      pauses { from to reason }
      explanation { reason text toldAt channel }
    }
    events(first: 30) {
      nodes { at text note actor { role name } }
    }
  }
}
`

	refusalQuery = `mutation TooEarly($id: ID!, $version: Int, $key: String!) {
  returnRefund(id: $id, expectedVersion: $version, idempotencyKey: $key) {
    refund { id }
    return { number status version allowedActions }
    userErrors { code message allowedActions }
  }
}
`

	holidayQuery = `mutation OverTheHoliday($to: DateTime!, $deadline: ID!, $text: String!) {
  testClockAdvance(to: $to) {
    now
    userErrors { code message }
  }
  caseExplainDelay(
    deadline: $deadline
    input: { reason: WORKLOAD, text: $text, toldAt: $to, channel: PHONE }
  ) {
    deadline {
      kind
      state
      risk
      promisedDueAt
      dueAt
      breachedAt
      why
      pauses { from to reason }
      explanation { reason text toldAt channel }
      case {
        number
        statusLabel
        priority
        escalatedTo { name }
        events(last: 6) {
          nodes { at type text note }
        }
      }
    }
    userErrors { code message }
  }
}
`

	viewerQuery = `query Me {
  viewer {
    subject
    role
    merchant { slug name mode now }
    customer { name }
    staff { name role }
  }
}
`

	previewQuery = `query Preview($input: DeadlinePreviewInput!) {
  deadlinePreview(input: $input) {
    promisedDueAt
    dueAt
    lastDay
    countedDays
    why
  }
}
`

	calendarQuery = `query WorkingDays($code: String!, $from: Date!, $to: Date!) {
  calendar(code: $code) {
    name
    timeZone
    version
    days(from: $from, to: $to) { date isWorkday name }
  }
}
`

	returnsQuery = `query NewestReturns {
  returns(first: 10) {
    nodes {
      number
      statusLabel
      openedAt
      order { number }
      items { orderLine { title } quantity }
      nextDeadline { kind dueAt why }
      allowedActions
    }
  }
}
`
)
