-- Ratios say more than amounts: how much of the limit is used, how much of a bill is paid.
select
  client_id,
  credit_limit,
  age,
  pay_0, pay_2, pay_3, pay_4, pay_5, pay_6,
  bill_amt1, bill_amt2, bill_amt3,
  pay_amt1, pay_amt2, pay_amt3,
  bill_amt1 / greatest(credit_limit, 1) as used_share,
  pay_amt1 / greatest(bill_amt2, 1) as paid_share,
  defaulted
from clients
