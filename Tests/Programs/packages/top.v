module counter #(parameter W = 16) (input clk, input rst, input [W-1:0] step, output reg [W-1:0] n, output even);
  always @(posedge clk) if (rst) n <= 0; else n <= n + step;
  assign even = ~^n;
endmodule
module top(input clk, input rst, input [15:0] a, input [15:0] b, output [31:0] p, output e);
  wire [15:0] n;
  counter #(.W(16)) c(.clk(clk), .rst(rst), .step(a ^ b), .n(n), .even(e));
  reg [31:0] sum;
  always @(posedge clk) if (rst) sum <= 0; else sum <= sum + n * b;
  assign p = sum;
endmodule
