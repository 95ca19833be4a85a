# Publishes one event, once, however often it has to ask: ruby publish.rb [URL [MESSAGE]]
require 'json'
require 'net/http'
require 'securerandom'
require 'time'

uri, message = URI(ARGV[0] || 'http://localhost:8080/events'), ARGV[1] || 'Hello World'
body = { message: message, timestamp: Time.now.utc.iso8601(3) }.to_json
headers = { 'Content-Type' => 'application/json', 'Idempotency-Key' => SecureRandom.uuid } # the same each time
begin
  answer = Net::HTTP.post(uri, body, headers)
  raise IOError, answer.body if answer.code == '503'
rescue IOError, SystemCallError, Timeout::Error, SocketError, Net::ProtocolError
  sleep 1
  retry
end
puts answer.body
exit answer.code == '201'
