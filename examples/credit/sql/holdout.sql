select * from features where client_id % 5 = 0
