select * from 'https://example.com/x.parquet'
