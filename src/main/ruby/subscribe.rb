# Prints a stream, and goes on after the last event where the connection breaks: ruby subscribe.rb [URL]
require 'json'
require 'net/http'

uri = URI(ARGV[0] || 'http://localhost:8080/events')
last_id, retry_after, over = nil, 2.0, false
$stdout.sync = true
until over
  begin
    # max_retries: it would ask again by itself, with an old id. A read waits for 60 s.
    Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == 'https', max_retries: 0) do |http|
      http.request_get(uri, last_id ? { 'Last-Event-ID' => last_id } : {}) do |response|
        abort "#{uri} answers #{response.code}" if response.is_a?(Net::HTTPClientError)
        text = +''
        response.read_body do |chunk|
          *blocks, text = (text + chunk.force_encoding('BINARY')).split("\n\n", -1)
          blocks.map { |block| block.force_encoding('UTF-8') }.each do |block|
            all = ->(name) { block.scan(/^#{name}: (.*)$/).flatten }
            event, data = all['event'].first, all['data'].join("\n")
            last_id = all['id'].first || last_id
            retry_after = all['retry'].first.to_i / 1000.0 if all['retry'].any?
            over ||= event == 'close' && data == '{}'
            if event == 'gap'
              puts "Gap: #{data}"
            elsif event != 'close' && !data.empty?
              puts format('Message: %<message>s at %<timestamp>s', JSON.parse(data, symbolize_names: true))
            end
          end
        end
      end
    end
  rescue IOError, SystemCallError, Timeout::Error, SocketError, Net::ProtocolError
    # the node is not there
  end
  sleep retry_after unless over
end
