select translate(encode(bytes, 'base64'), E'\n', '') from jobs.piece where job = $1::uuid and output = $2 and number = $3::integer
